/** Fills a database with pending invitations. */
import { Clock, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"

/** In `due` all invitations are due, in `later` none is yet, and `parked` has at most 100,000. */
export const spots = ["due", "later", "parked"]

/** Each invitation of a parked Live is put away once, which would take minutes with a million. */
const maxParked = 100_000

/** The number of rows that one statement inserts. */
const step = 50_000

/** Writes the tables directly: a webhook and an invitation for each person and each Spot. */
export const fill = Effect.fnUntraced(function* (size: number) {
  for (let from = 0; from < size; from += step) yield* insert(from, Math.min(size, from + step))
})

const insert = Effect.fnUntraced(function* (from: number, to: number) {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  const later = now + Duration.toMillis("50 minutes")
  // A series of numbers, in either dialect.
  const numbers = sql`numbers (n) AS (SELECT CAST(${from} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to - 1})`
  // Spread like hashes, and all different.
  const person = sql`CAST(n * 48271 % 2147483647 AS TEXT)`
  yield* sql`WITH RECURSIVE ${numbers} INSERT INTO people (id, member)
    SELECT ${person}, 'person-' || n || '@example.com' FROM numbers`
  yield* sql`WITH RECURSIVE ${numbers} INSERT INTO webhooks (id, source, delivery_id, body_hash, sender, status, lane, received_at, headers, body)
    SELECT 'wh_0' || (1000000000 + n), 'fill', 'fill-' || n, 'hash-' || n, '', 'mapped', 0, ${now}, '{}', ${new TextEncoder().encode('{"email":"somebody"}'.repeat(10))} FROM numbers`
  for (const [index, spot] of spots.entries()) {
    if (spot === "parked" && from >= maxParked) continue
    const [state, dueAt] = spot === "later" ? ["scheduled", later] : ["available", now - 1]
    yield* sql`WITH RECURSIVE ${numbers} INSERT INTO invitations
        (id, spot, live_id, batch_key, person, source, created_at, requested_at, expires_at, status, lane, state, due_at, attempts)
      SELECT 'inv_' || CAST(${index} AS TEXT) || (1000000000 + n), CAST(${spot} AS TEXT), 'live-' || (n % 1000), 'live-' || (n % 1000) || '   ', ${person}, 'fill', ${now}, ${now}, 9007199254740991,
        'pending', 0, CAST(${state} AS TEXT), CAST(${dueAt} AS BIGINT), 0 FROM numbers`
  }
})
