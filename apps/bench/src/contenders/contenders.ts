/** All that take webhooks, in the order of the tables: the floor first, then ours, then what a team would write. */
import { Effect } from "effect"
import type { Contender } from "../Contender.ts"
import { Postgres } from "../servers/Postgres.ts"
import * as peers from "./peers.ts"
import * as program from "./program.ts"
import * as usher from "./usher.ts"

/** The floor, and the relay in its forms: they need nothing that is not in the workspace. */
export const isOurs = ({ name }: Contender) => /^(?:floor|usher)/.test(name)

type Contenders = ReadonlyArray<Contender>

const onDisk = "committed to disk (fsync)"

const onSqlite: Contenders = [
  {
    name: "floor: node:http + node:sqlite",
    durability: onDisk,
    isDurable: true,
    start: program.start("programs/floorSqlite.ts")
  },
  {
    name: "usher, receiver alone",
    durability: onDisk,
    isDurable: true,
    start: program.start("programs/receiver.ts")
  },
  {
    name: "usher serve",
    durability: onDisk,
    isDurable: true,
    start: Effect.gen(function* () {
      return yield* usher.start({ upstream: yield* usher.upstream })
    })
  }
]

const withoutPostgres: Contenders = [
  {
    name: "Fastify + BullMQ, appendfsync always",
    durability: onDisk,
    isDurable: true,
    start: peers.bullmq("always")
  },
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

/** Both make their jobs in Postgres, whichever database ours has. */
const postgresQueues = [
  {
    name: "Fastify + pg-boss",
    durability: onDisk,
    isDurable: true,
    start: peers.pgBoss
  },
  {
    name: "Fastify + graphile-worker",
    durability: onDisk,
    isDurable: true,
    start: peers.graphileWorker
  }
]

const withDatabase = (file: string) =>
  Effect.gen(function* () {
    const { database, pid } = yield* Postgres
    return { ...(yield* program.start(file, { DATABASE_URL: yield* database })), server: yield* pid }
  })

const onPostgresItself = [
  {
    name: "floor: node:http + pg",
    durability: onDisk,
    isDurable: true,
    start: withDatabase("programs/floorPostgres.ts")
  },
  {
    name: "usher on Postgres, receiver alone",
    durability: onDisk,
    isDurable: true,
    start: withDatabase("programs/receiver.ts")
  },
  {
    name: "usher serve on Postgres",
    durability: onDisk,
    isDurable: true,
    start: Effect.gen(function* () {
      const { database, pid } = yield* Postgres
      const options = usher.withoutPassword(yield* database)
      const running = yield* usher.start({ ...options, upstream: yield* usher.upstream })
      return { ...running, server: yield* pid }
    })
  }
]

/** With the Postgres of the run. */
export const make = Effect.map(Postgres, (postgres) => {
  const given = (all: typeof postgresQueues): Contenders =>
    all.map((contender) => ({
      ...contender,
      start: Effect.provideService(contender.start, Postgres, postgres)
    }))
  return {
    sqlite: [...onSqlite, ...withoutPostgres, ...given(postgresQueues)],
    postgres: given([...onPostgresItself, ...postgresQueues])
  }
})
