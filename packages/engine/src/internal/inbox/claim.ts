/** Who sends what, and when: leases on invitations that are due. */
import { Clock, DateTime, type Duration, Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Claim, Lane } from "../../Dispatch.ts"
import * as rows from "./rows.ts"
import { millis, skipLocked, type Store, unavailable, wholeMillis } from "./store.ts"

/** How many rows a claim tidies up on its way, so that its cost does not grow with what is there. */
const stretch = 500

/** As a literal: a planner that does not know how few rows it is about reads the whole table for them. */
const limited = (sql: SqlClient.SqlClient, rows: number) =>
  sql.literal(`LIMIT ${Math.max(0, Math.trunc(rows))}`)

export const claiming = ({ sql, random, signals }: Store) => {
  const skip = skipLocked(sql, "invitations")

  /** What may not be sent any more. */
  const expire = (spot: string, now: number) => sql<{ id: string }>`WITH over AS MATERIALIZED (
      SELECT id FROM invitations
      WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991 AND expires_at <= ${now}
      ORDER BY expires_at ${limited(sql, stretch)} ${skip})
    UPDATE invitations SET status = 'expired', ready = NULL, settled_at = ${now} WHERE id IN (SELECT id FROM over) RETURNING id`

  /** What has waited for its time, and what a dispatcher that died has left. */
  const wake = (spot: string, now: number) => sql<{ id: string }>`WITH due AS MATERIALIZED (
      SELECT id FROM invitations WHERE spot = ${spot} AND ready = 0 AND due_at <= ${now}
      ORDER BY due_at, id ${limited(sql, stretch)} ${skip})
    UPDATE invitations SET status = 'pending', ready = 1, lease = NULL WHERE id IN (SELECT id FROM due) RETURNING id`

  /** The first in order are taken; those past their end or of a parked Live are put away instead. */
  const take = (options: Options, now: number, token: string) => sql<{
    id: string
    status: string
  }>`WITH picked AS MATERIALIZED (
      SELECT invitations.id, parked_lives.until FROM invitations
      LEFT JOIN parked_lives ON parked_lives.spot = invitations.spot AND parked_lives.live_id = invitations.live_id
        AND parked_lives.until > ${now}
      WHERE invitations.spot = ${options.spot} AND invitations.ready = 1
        ${options.lane === undefined ? sql.literal("") : sql`AND invitations.lane = ${rows.laneNumber(options.lane)}`}
      ORDER BY invitations.lane, invitations.expires_at, invitations.due_at, invitations.id
      ${limited(sql, options.limit)} ${skip})
    UPDATE invitations SET
      status = CASE WHEN expires_at <= ${now} THEN 'expired' WHEN picked.until IS NOT NULL THEN 'pending' ELSE 'sending' END,
      ready = CASE WHEN expires_at <= ${now} THEN NULL ELSE 0 END,
      settled_at = CASE WHEN expires_at <= ${now} THEN ${now} ELSE settled_at END,
      attempts = CASE WHEN expires_at <= ${now} OR picked.until IS NOT NULL THEN attempts ELSE attempts + 1 END,
      lease = CASE WHEN expires_at <= ${now} OR picked.until IS NOT NULL THEN NULL ELSE ${token} END,
      due_at = COALESCE(picked.until, ${now + wholeMillis(options.lease)})
    FROM picked WHERE invitations.id = picked.id
    RETURNING invitations.id, invitations.status, live_id, invited_by, notify, lane, attempts, lease, asked_at, expires_at, traceparent,
      (SELECT member FROM people WHERE people.id = invitations.person) AS member`

  /** When the first ones of each kind are due: found at the head of an index, whatever is behind. */
  const heads = Effect.fnUntraced(function* (spot: string) {
    const [found] = yield* sql<Record<"ready" | "waiting" | "expiring", number | bigint | null>>`SELECT
      (SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 1
        ORDER BY lane, expires_at, due_at, id LIMIT 1) AS ready,
      (SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 0 ORDER BY due_at, id LIMIT 1) AS waiting,
      (SELECT expires_at FROM invitations WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991
        ORDER BY expires_at LIMIT 1) AS expiring`
    const at = (time: number | bigint | null | undefined) => Number(time ?? Infinity)
    return { ready: at(found?.ready), waiting: at(found?.waiting), expiring: at(found?.expiring) }
  })

  const step = Effect.fnUntraced(function* (options: Options) {
    const now = yield* Clock.currentTimeMillis
    const { ready, waiting, expiring } = yield* heads(options.spot)
    if (ready === Infinity && waiting > now && expiring > now) return { claims: [], isAtEnd: true }
    const token = yield* random.ulid
    return yield* Effect.gen(function* () {
      const expired = expiring > now ? [] : yield* expire(options.spot, now)
      const woken = waiting > now ? [] : yield* wake(options.spot, now)
      const taken = yield* take(options, now, token)
      const leased = taken.filter(({ status }) => status === "sending")
      const claims = yield* rows.readable(leased.map(rows.claim), "invitations", (id) => setAside(id, now))
      const isAtEnd = expired.length < stretch && woken.length < stretch && taken.length < options.limit
      return { claims: claims.toSorted(inOrder), isAtEnd }
    }).pipe(sql.withTransaction)
  })

  const setAside = (id: string, now: number) =>
    sql`UPDATE invitations SET status = 'corrupt', ready = NULL, lease = NULL, settled_at = ${now} WHERE id = ${id}`

  /** Until there is something to send, or nothing left to look through; in steps, so that others get in between. */
  const claim = (options: Options): Effect.Effect<ReadonlyArray<Claim>, unknown> =>
    Effect.flatMap(step(options), ({ claims, isAtEnd }) =>
      claims.length > 0 || isAtEnd ? Effect.succeed(claims) : Effect.andThen(Effect.yieldNow, claim(options))
    )

  const release = Effect.fnUntraced(function* (claim: Claim) {
    const now = yield* Clock.currentTimeMillis
    const released = yield* sql`UPDATE invitations
      SET status = 'pending', ready = 1, lease = NULL, due_at = ${now}, attempts = ${claim.attempt - 1}
      WHERE id = ${claim.id} AND lease = ${claim.lease} RETURNING id`
    return released.length > 0
  })

  const nextDue = Effect.fnUntraced(function* (spot: string) {
    const first = Math.min(...Object.values(yield* heads(spot)))
    return first === Infinity ? undefined : DateTime.makeUnsafe(first)
  })

  const park = Effect.fnUntraced(function* (spot: string, liveId: string, until: DateTime.Utc) {
    yield* sql`INSERT INTO parked_lives ${sql.insert([{ spot, live_id: liveId, until: millis(until) }])}
      ON CONFLICT (spot, live_id) DO UPDATE SET until = excluded.until`
  })

  const unpark = Effect.fnUntraced(function* (spot: string, liveId: string) {
    const now = yield* Clock.currentTimeMillis
    yield* sql`DELETE FROM parked_lives WHERE spot = ${spot} AND live_id = ${liveId}`
    const wakeSome = sql`WITH parked AS MATERIALIZED (SELECT id FROM invitations
        WHERE spot = ${spot} AND live_id = ${liveId} AND status = 'pending' AND ready = 0 ${limited(sql, stretch)} ${skip})
      UPDATE invitations SET ready = 1, due_at = ${now} WHERE id IN (SELECT id FROM parked) RETURNING id`
    yield* Effect.repeat(Effect.tap(wakeSome, Effect.yieldNow), { until: (woken) => woken.length < stretch })
    yield* signals.publish("due")
  })

  return {
    claim: (options: Options) => unavailable(claim(options)),
    release: (claim: Claim) => unavailable(release(claim)),
    nextDue: (spot: string) => unavailable(nextDue(spot)),
    park: (spot: string, liveId: string, until: DateTime.Utc) => unavailable(park(spot, liveId, until)),
    unpark: (spot: string, liveId: string) => unavailable(unpark(spot, liveId))
  }
}

export interface Options {
  readonly spot: string
  readonly limit: number
  readonly lease: Duration.Duration
  readonly lane?: Lane | undefined
}

/** A database returns what it has changed in an order of its own. */
const inOrder = (a: Claim, b: Claim): number =>
  rows.laneNumber(a.lane) - rows.laneNumber(b.lane) || endOf(a) - endOf(b) || (a.id < b.id ? -1 : 1)

const endOf = ({ expiresAt }: Claim) => (expiresAt === null ? Infinity : DateTime.toEpochMillis(expiresAt))
