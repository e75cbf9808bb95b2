/** Claiming and accepting with few and with many invitations that wait: due, not due, and of parked Lives. */
import { Console, type Context, DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Inbox, SpotControl } from "../src/index.ts"
import { fill, parkedOnes } from "./fill.ts"
import { median } from "./measure.ts"

const rounds = 200
const limit = 20

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(effect), ([duration]) => Duration.toMillis(duration) * 1_000)

/** What is measured, each once; in microseconds. */
const measure = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const claimed = Effect.fnUntraced(function* (spot: string, expected: number) {
    const [duration, { calls }] = yield* Effect.timed(
      inbox.claim({ spot, calls: limit, lease: Duration.minutes(2) })
    )
    const claims = calls.flatMap(({ claims }) => claims)
    if (claims.length !== expected) {
      return yield* Effect.die(new Error(`${spot} gave ${claims.length} claims`))
    }
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
  const took: Record<string, number> = {
    "accept 64 at once": yield* timed(accepts),
    [`claim ${limit} that are due`]: yield* claimed("due", limit),
    "claim where nothing is due yet": yield* claimed("later", 0)
  }
  return took
})

/** A Live that is parked is looked at once for each invitation of it, and then no more. */
const parked = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const control = yield* SpotControl.SpotControl
  yield* Effect.forEach(
    Array.from({ length: 1_000 }),
    (_, index) => control.park("parked", `live-${index}`, DateTime.makeUnsafe(0)),
    { discard: true }
  )
  const first = yield* timed(inbox.claim({ spot: "parked", calls: 500, lease: Duration.minutes(2) }))
  const others = yield* Effect.replicateEffect(
    timed(inbox.claim({ spot: "parked", calls: limit, lease: Duration.minutes(2) })),
    rounds
  )
  return { first, afterwards: median(others) }
})

const memory = Effect.sync(() => {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
})

/** What Postgres does by itself after a minute, and would do in the middle of it. */
export const settled = SqlClient.SqlClient.use((sql) =>
  sql.onDialectOrElse({ pg: () => Effect.asVoid(sql`VACUUM ANALYZE`.unprepared), orElse: () => Effect.void })
)

export type Services = Context.Context<Inbox.Inbox | SpotControl.SpotControl | SqlClient.SqlClient>

/** Databases in turn, so that all meet the same machine: of each, what each thing took in each round, in microseconds. */
export const inTurns = Effect.fnUntraced(function* (databases: ReadonlyArray<Services>, rounds: number) {
  const taken = databases.map((): Record<string, Array<number>> => ({}))
  for (let round = -5; round < rounds; round++) {
    for (const [index, database] of databases.entries()) {
      const took = yield* Effect.provide(measure, database)
      // The first ones warm up.
      if (round < 0) continue
      for (const [name, time] of Object.entries(took)) ((taken[index] ??= {})[name] ??= []).push(time)
    }
  }
  return taken
})

/** Two databases in turn, so that both meet the same machine; each with an Inbox of its own. */
export const growth = Effect.fnUntraced(function* (few: Services, many: Services, size: number) {
  yield* Effect.provide(fill(0, 1_000), few)
  const before = yield* memory
  for (let from = 0; from < size; from += 50_000) yield* Effect.provide(fill(from, from + 50_000), many)
  for (const database of [few, many]) yield* Effect.provide(settled, database)
  const [here = {}, there = {}] = yield* inTurns([few, many], rounds)
  yield* Console.log(`invitations that are due, and as many that are not yet: 1000 beside ${size}`)
  for (const name of Object.keys(here)) {
    const [least, most] = [median(here[name] ?? []), median(there[name] ?? [])]
    yield* Console.log(
      `${name}: ${least.toFixed(0)} µs beside ${most.toFixed(0)} µs, ratio ${(most / least).toFixed(2)} (target 1.20)`
    )
  }
  yield* Console.log(`heap: ${before} MiB, then ${yield* memory} MiB`)
  const { first, afterwards } = yield* Effect.provide(parked, many)
  yield* Console.log(
    `1,000 Lives parked with ${Math.min(size, parkedOnes)} invitations: put away once in ${(first / 1_000).toFixed(0)} ms, then ${afterwards.toFixed(0)} µs for a claim`
  )
})
