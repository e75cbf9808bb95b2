/** Databases with many pending invitations, and measurements of the Inbox on them. */
import { Console, DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import {
  Events,
  Inbox,
  InboxSql,
  OperationsSql,
  Signals,
  SpotControl,
  SpotControlSql,
  StoreSql
} from "@usher/engine"
import * as PostgresStore from "@usher/engine/Postgres"
import { SqliteClient } from "@usher/sqlite"
import { median, whole } from "../report/statistics.ts"
import { Postgres } from "../servers/Postgres.ts"
import { fill } from "./fill.ts"

const Store = Layer.mergeAll(InboxSql.layer, OperationsSql.layer, SpotControlSql.layer).pipe(
  Layer.provideMerge(StoreSql.layer),
  Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone])
)

const open = <E>(database: Layer.Layer<SqlClient.SqlClient, E>) =>
  Layer.build(Layer.fresh(Layer.provideMerge(Store, database))).pipe(Effect.orDie)

export type Services = Effect.Success<ReturnType<typeof open>>

/** Opens the store on a SQLite file, with checkpoints as in `usher serve`. */
export const openSqlite = (filename: string) => open(SqliteClient.layer({ filename, checkpoints: "thread" }))

/** Opens the store on a new database of Postgres. */
export const openPostgres = Effect.gen(function* () {
  const { database } = yield* Postgres
  return yield* open(PostgresStore.layerClient({ url: Redacted.make(yield* database) }))
})

/** Postgres does this by itself after a minute, in the middle of a measurement. */
const vacuum = SqlClient.SqlClient.use((sql) =>
  sql.onDialectOrElse({ pg: () => Effect.asVoid(sql`VACUUM ANALYZE`.unprepared), orElse: () => Effect.void })
)

/** Fills a database. */
export const filled = (services: Services, size: number) =>
  Effect.andThen(fill(size), vacuum).pipe(Effect.provide(services), Effect.orDie, Effect.as(services))

const calls = 20
const lease = Duration.minutes(2)

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(effect), ([duration]) => Duration.toMillis(duration) * 1_000)

/** Measures each operation once, in microseconds. */
const measure = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const claimed = Effect.fnUntraced(function* (spot: string, expected: number) {
    const [duration, taken] = yield* Effect.timed(inbox.claim({ spot, calls, lease }))
    const claims = taken.calls.flatMap(({ claims }) => claims)
    if (claims.length !== expected)
      return yield* Effect.die(new Error(`${spot} gave ${claims.length} claims`))
    yield* Effect.forEach(claims, (claim) => inbox.release(claim), { discard: true })
    return Duration.toMillis(duration) * 1_000
  })
  const delivery = {
    source: "form",
    sender: "typeform",
    headers: {},
    body: new Uint8Array(600),
    traceparent: null
  }
  const ids = Array.from({ length: 64 }, (_, index) => `${performance.now()}-${index}`)
  const accepts = Effect.forEach(ids, (deliveryId) => inbox.accept({ ...delivery, deliveryId }), {
    concurrency: "unbounded"
  })
  return {
    "accept 64 at once": yield* timed(accepts),
    [`claim ${calls} that are due`]: yield* claimed("due", calls),
    "claim where nothing is due yet": yield* claimed("later", 0)
  }
})

/** Measures each database in turn: for each operation, its times in microseconds. */
export const inTurns = Effect.fnUntraced(function* (databases: ReadonlyArray<Services>, rounds: number) {
  const taken = databases.map((): Record<string, Array<number>> => ({}))
  for (let round = -5; round < rounds; round++) {
    for (const [index, database] of databases.entries()) {
      const took = yield* Effect.provide(measure, database)
      // The first rounds warm up.
      if (round < 0) continue
      for (const [name, time] of Object.entries(took)) ((taken[index] ??= {})[name] ??= []).push(time)
    }
  }
  return taken
}, Effect.orDie)

/** Measures claims on a Spot whose Lives are all parked: the first claims put their invitations away. */
export const parked = Effect.fnUntraced(function* (size: number) {
  const inbox = yield* Inbox.Inbox
  const control = yield* SpotControl.SpotControl
  for (let live = 0; live < 1_000; live++)
    yield* control.park("parked", `live-${live}`, DateTime.makeUnsafe(0))
  const first = yield* timed(inbox.claim({ spot: "parked", calls: 500, lease }))
  const later = yield* Effect.replicateEffect(timed(inbox.claim({ spot: "parked", calls, lease })), 200)
  yield* Console.log(
    `1,000 Lives parked with ${whole(size)} invitations: put away once in ${whole(first / 1_000)} ms, then ${whole(median(later))} µs for a claim`
  )
})
