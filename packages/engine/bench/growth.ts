/** Claiming and accepting with few and with many invitations that wait: due, not due, and of parked Lives. */
import { Clock, Console, DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Inbox } from "../src/index.ts"
import { median } from "./measure.ts"

const spots = ["due", "later", "parked"]

const rounds = 60
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
    const [ready, dueAt] = spot === "later" ? [0, later] : [1, now - 1]
    yield* sql`WITH RECURSIVE ${numbers} INSERT INTO invitations
        (id, spot, live_id, person, source, created_at, asked_at, expires_at, status, lane, ready, due_at, attempts)
      SELECT 'inv_' || CAST(${index} AS TEXT) || (1000000000 + n), CAST(${spot} AS TEXT), 'live-' || (n % 1000), ${person}, 'fill', ${now}, ${now}, 9007199254740991,
        'pending', 0, CAST(${ready} AS BIGINT), CAST(${dueAt} AS BIGINT), 0 FROM numbers`
  }
  yield* sql.onDialectOrElse({ pg: () => sql`ANALYZE`, orElse: () => Effect.void })
})

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(effect), ([duration]) => Duration.toMillis(duration) * 1_000)

const measure = Effect.fnUntraced(function* (name: string) {
  const inbox = yield* Inbox.Inbox
  const claimed = (spot: string, expected: number) =>
    Effect.replicateEffect(
      Effect.gen(function* () {
        const [duration, claims] = yield* Effect.timed(
          inbox.claim({ spot, limit, lease: Duration.minutes(2) })
        )
        if (claims.length !== expected) {
          return yield* Effect.die(new Error(`${spot} gave ${claims.length} claims`))
        }
        yield* Effect.forEach(claims, inbox.release, { discard: true })
        return Duration.toMillis(duration) * 1_000
      }),
      rounds
    )
  const accepted = yield* Effect.replicateEffect(
    timed(
      Effect.forEach(
        Array.from({ length: 64 }, (_, index) => `${name}-${performance.now()}-${index}`),
        (deliveryId) =>
          inbox.accept({
            source: "form",
            sender: "typeform",
            deliveryId,
            headers: {},
            body: new Uint8Array(600),
            traceparent: null
          }),
        { concurrency: "unbounded" }
      )
    ),
    rounds
  )
  return {
    "accept 64 at once": median(accepted),
    [`claim ${limit} that are due`]: median(yield* claimed("due", limit)),
    "claim where nothing is due yet": median(yield* claimed("later", 0))
  }
})

/** A Live that is parked is looked at once for each invitation of it, and then no more. */
const parked = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const until = DateTime.makeUnsafe((yield* Clock.currentTimeMillis) + 3_600_000)
  yield* Effect.forEach(
    Array.from({ length: 1_000 }),
    (_, index) => inbox.park("parked", `live-${index}`, until),
    { discard: true }
  )
  const first = yield* timed(inbox.claim({ spot: "parked", limit: 500, lease: Duration.minutes(2) }))
  const then = yield* Effect.replicateEffect(
    timed(inbox.claim({ spot: "parked", limit, lease: Duration.minutes(2) })),
    rounds
  )
  return { first, afterwards: median(then) }
})

const memory = Effect.sync(() => {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
})

export const growth = Effect.fnUntraced(function* (size: { readonly few: number; readonly many: number }) {
  yield* fill(0, size.few)
  yield* measure("warm")
  const few = yield* measure("few")
  const before = yield* memory
  for (let from = size.few; from < size.many; from += 50_000) {
    yield* fill(from, Math.min(from + 50_000, size.many))
  }
  yield* measure("warm again")
  const many = yield* measure("many")
  const after = yield* memory
  yield* Console.log(`waiting for each of ${spots.length} Spots: ${size.few} and then ${size.many}`)
  for (const [name, took] of Object.entries(many)) {
    const least = few[name as keyof typeof few] ?? Number.NaN
    yield* Console.log(
      `${name}: ${least.toFixed(0)} µs, then ${took.toFixed(0)} µs, ratio ${(took / least).toFixed(2)} (target 1.20)`
    )
  }
  yield* Console.log(`heap: ${before} MiB, then ${after} MiB`)
  const { first, afterwards } = yield* parked
  yield* Console.log(
    `1,000 Lives parked with ${size.many} invitations: put away once in ${(first / 1_000).toFixed(0)} ms, then ${afterwards.toFixed(0)} µs for a claim`
  )
})
