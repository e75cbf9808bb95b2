/** Claiming and accepting with few and with many invitations that wait: due, not due, and of parked Lives. */
import { Clock, Console, type Context, DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Inbox, SpotControl } from "../src/index.ts"
import { median } from "./measure.ts"

const spots = ["due", "later", "parked"]

/** Each of them is put away once, which would take minutes with a million. */
const parkedOnes = 100_000

const rounds = 200
const limit = 20

/** Fills the tables directly: a webhook and an invitation for each person of each Spot. */
const fill = Effect.fnUntraced(function* (from: number, to: number) {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  const later = now + Duration.toMillis("30 days")
  // A series of numbers, in either dialect.
  const numbers = sql`numbers (n) AS (SELECT CAST(${from} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to - 1})`
  // As far apart as hashes are, and none twice.
  const person = sql`CAST(n * 48271 % 2147483647 AS TEXT)`
  yield* sql`WITH RECURSIVE ${numbers} INSERT INTO people (id, member)
    SELECT ${person}, 'person-' || n || '@example.com' FROM numbers`
  yield* sql`WITH RECURSIVE ${numbers} INSERT INTO webhooks (id, source, delivery_id, sender, status, lane, received_at, headers, body)
    SELECT 'wh_0' || (1000000000 + n), 'fill', 'fill-' || n, '', 'mapped', 0, ${now}, '{}', ${new TextEncoder().encode('{"email":"somebody"}'.repeat(10))} FROM numbers`
  for (const [index, spot] of spots.entries()) {
    if (spot === "parked" && from >= parkedOnes) continue
    const [ready, dueAt] = spot === "later" ? [0, later] : [1, now - 1]
    yield* sql`WITH RECURSIVE ${numbers} INSERT INTO invitations
        (id, spot, live_id, batch, person, source, created_at, asked_at, expires_at, status, lane, ready, due_at, attempts)
      SELECT 'inv_' || CAST(${index} AS TEXT) || (1000000000 + n), CAST(${spot} AS TEXT), 'live-' || (n % 1000), 'live-' || (n % 1000) || '   ', ${person}, 'fill', ${now}, ${now}, 9007199254740991,
        'pending', 0, CAST(${ready} AS BIGINT), CAST(${dueAt} AS BIGINT), 0 FROM numbers`
  }
})

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
    yield* Effect.forEach(claims, inbox.release, { discard: true })
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
const settled = SqlClient.SqlClient.use((sql) =>
  sql.onDialectOrElse({ pg: () => Effect.asVoid(sql`VACUUM ANALYZE`.unprepared), orElse: () => Effect.void })
)

type Services = Context.Context<Inbox.Inbox | SpotControl.SpotControl | SqlClient.SqlClient>

/** Two databases in turn, so that both meet the same machine; each with an Inbox of its own. */
export const growth = Effect.fnUntraced(function* (few: Services, many: Services, size: number) {
  yield* Effect.provide(fill(0, 1_000), few)
  const before = yield* memory
  for (let from = 0; from < size; from += 50_000) yield* Effect.provide(fill(from, from + 50_000), many)
  for (const database of [few, many]) yield* Effect.provide(settled, database)
  const taken: Array<Record<string, readonly [few: number, many: number]>> = []
  for (let round = -5; round < rounds; round++) {
    const here = yield* Effect.provide(measure, few)
    const there = yield* Effect.provide(measure, many)
    const both = Object.entries(here).map(
      ([name, took]) => [name, [took, there[name] ?? Number.NaN]] as const
    )
    // The first ones warm up.
    if (round >= 0) taken.push(Object.fromEntries(both))
  }
  yield* Console.log(`invitations that are due, and as many that are not yet: 1000 beside ${size}`)
  for (const name of Object.keys(taken[0] ?? {})) {
    const pairs = taken.map((round) => round[name] ?? ([Number.NaN, Number.NaN] as const))
    const [least, most] = [median(pairs.map(([few]) => few)), median(pairs.map(([, many]) => many))]
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
