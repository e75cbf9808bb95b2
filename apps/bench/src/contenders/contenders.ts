/** All contenders in the order of the tables: the floor, the relay, the peers. */
import { Effect } from "effect"
import { type Contender, durable } from "../Contender.ts"
import { Postgres } from "../servers/Postgres.ts"
import * as peers from "./peers.ts"
import * as program from "./program.ts"
import * as usher from "./usher.ts"

/** The floor and the relay, which need nothing outside of the workspace. */
export const isOurs = ({ name }: Contender) => /^(?:floor|usher)/.test(name)

const onSqlite: ReadonlyArray<Contender> = [
  durable("floor: node:http + node:sqlite", program.start("programs/floorSqlite.ts")),
  durable("usher, receiver alone", program.start("programs/receiver.ts")),
  durable(
    "usher serve",
    Effect.flatMap(usher.upstream, (upstream) => usher.start({ upstream }))
  ),
  durable("Fastify + BullMQ, appendfsync always", peers.bullmq("always")),
  {
    name: "Fastify + BullMQ, appendfsync everysec",
    durability: "in memory; on disk within a second",
    isDurable: false,
    start: peers.bullmq("everysec")
  },
  {
    name: "Node-RED, http-in → file",
    durability: "given to the operating system, no fsync",
    isDurable: false,
    start: peers.nodeRed
  }
]

/** These queue in Postgres, whichever database the relay uses. */
const postgresQueues = [
  durable("Fastify + pg-boss", peers.pgBoss),
  durable("Fastify + graphile-worker", peers.graphileWorker)
]

const onPostgresItself = [
  durable("floor: node:http + pg", program.onPostgres("programs/floorPostgres.ts")),
  durable("usher on Postgres, receiver alone", program.onPostgres("programs/receiver.ts")),
  durable(
    "usher serve on Postgres",
    Effect.gen(function* () {
      const { database, pid } = yield* Postgres
      const options = usher.withoutPassword(yield* database)
      const running = yield* usher.start({ ...options, upstream: yield* usher.upstream })
      return { ...running, server: yield* pid }
    })
  )
]

/** Provides the Postgres of this run. */
export const make = Effect.map(Postgres, (postgres) => {
  const given = (all: typeof postgresQueues): ReadonlyArray<Contender> =>
    all.map((contender) => ({
      ...contender,
      start: Effect.provideService(contender.start, Postgres, postgres)
    }))
  return {
    sqlite: [...onSqlite, ...given(postgresQueues)],
    postgres: given([...onPostgresItself, ...postgresQueues])
  }
})
