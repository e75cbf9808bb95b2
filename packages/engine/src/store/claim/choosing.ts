/** Chooses the invitations of one slot, leases them, and makes calls of them. */
import { Array, type Duration, Effect } from "effect"
import type { Claim } from "../../ports/Claiming.ts"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import * as rows from "../rows/rows.ts"
import { limited, skipLocked, type Store, wholeMillis } from "../rows/store.ts"
import type { Slot } from "./fairScheduling.ts"
import { sweepSize } from "./promoting.ts"

/** The maximum of single calls in one slot, before the next batch has one. */
const maxSinglesPerSlot = 16

/** While there is plenty of budget, up to this many go in single calls, whose answers are exact. */
const minBulkWhilePlenty = 10

/** The conditions of a claim. */
export interface Terms {
  readonly spot: string
  readonly now: number
  readonly token: string
  readonly lease: Duration.Duration
  /** The most members in one call. */
  readonly members: number
  /** The most members in the first call of a Live. */
  readonly sizeOf: ClaimOptions["sizeOf"]
}

interface Ready {
  readonly id: string
  readonly lane: number
  readonly source: string
  readonly due_at: number
}

/** Picks the rows of a slot from a whole batch, as `urgent` or `ofSource` would. */
const ofSlot = (batch: ReadonlyArray<Ready>, { lane, source }: Slot): ReadonlyArray<Ready> =>
  source === null
    ? batch.filter((row) => row.lane === lane)
    : batch
        .filter((row) => row.lane === lane && row.source === source)
        .toSorted((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1))

export const choosing = ({ sql, countTerminal }: Store) => {
  const skip = skipLocked(sql, "invitations")
  const columns = sql.literal(rows.claim.columns)

  const batch = ({ spot, now }: Terms, slot: Slot, limit: number) =>
    sql<Ready>`SELECT id, lane, source, due_at FROM invitations
      WHERE spot = ${spot} AND state = 'available' AND batch_key = ${slot.batch} AND expires_at > ${now}
      ORDER BY lane, expires_at, due_at, id ${limited(sql, limit)} ${skip}`

  const urgent = ({ spot, now }: Terms, slot: Slot, limit: number) =>
    sql<{ id: string }>`SELECT id FROM invitations
      WHERE spot = ${spot} AND state = 'available' AND lane = ${slot.lane} AND batch_key = ${slot.batch} AND expires_at > ${now}
      ORDER BY expires_at, due_at, id ${limited(sql, limit)} ${skip}`

  // The plus keeps the planner from using the index of deadlines, with which it would have to sort a whole Live.
  const ofSource = ({ spot, now }: Terms, slot: Slot, limit: number) =>
    sql<{ id: string }>`SELECT id FROM invitations
      WHERE spot = ${spot} AND state = 'available' AND lane = ${slot.lane} AND source = ${slot.source} AND batch_key = ${slot.batch}
        AND +expires_at > ${now}
      ORDER BY due_at, id ${limited(sql, limit)} ${skip}`

  const lease = ({ now, token, lease }: Terms, ids: ReadonlyArray<string>) => sql<{
    id: string
  }>`UPDATE invitations SET status = 'sending', state = 'scheduled', attempts = attempts + 1, lease_token = ${token}, due_at = ${now + wholeMillis(lease)}
    WHERE ${sql.in("id", ids)}
    RETURNING ${columns}`

  const setAside = (id: string, now: number) =>
    sql`UPDATE invitations SET status = 'corrupt', state = 'finished', lease_token = NULL, settled_at = ${now} WHERE id = ${id}`

  /** Leases the chosen invitations. Returns their claims in the same order. */
  const claims = Effect.fnUntraced(function* (terms: Terms, chosen: ReadonlyArray<{ readonly id: string }>) {
    if (chosen.length === 0) return []
    const leased = yield* lease(
      terms,
      chosen.map(({ id }) => id)
    )
    const readable = yield* rows.readable(leased.map(rows.claim.read), "invitations", (id) => {
      countTerminal(terms.spot, "corrupt", 1)
      return setAside(id, terms.now)
    })
    const place = new Map(chosen.map(({ id }, index) => [id, index]))
    return readable.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
  })

  /**
   * Makes one call for many, or up to `most` single calls. It makes single calls for a few members while there is plenty
   * of budget, and for a Live that was parked, because one call shows whether it exists now.
   */
  const callsOf = Effect.fnUntraced(function* (
    terms: Terms,
    slot: Slot,
    budget: { readonly most: number; readonly isPlenty: boolean }
  ) {
    const isLiveProbe = slot.parkedUntil !== null
    const largest = slot.maxBatchSize ?? terms.sizeOf?.(slot.liveId, terms.now) ?? Infinity
    const members = isLiveProbe ? 1 : Math.min(terms.members, largest)
    const batched = members > 1 ? yield* batch(terms, slot, members) : []
    if (batched.length > (budget.isPlenty && slot.maxBatchSize === null ? minBulkWhilePlenty : 1)) {
      const all = yield* claims(terms, batched)
      return Array.isReadonlyArrayNonEmpty(all) ? [all] : []
    }
    const limit = isLiveProbe ? 1 : Math.min(budget.most, maxSinglesPerSlot)
    const isWhole = members > 1 && batched.length < members
    const alone = isWhole
      ? ofSlot(batched, slot).slice(0, limit)
      : yield* (slot.source === null ? urgent : ofSource)(terms, slot, limit)
    return (yield* claims(terms, alone)).map((claim): Array.NonEmptyReadonlyArray<Claim> => [claim])
  })

  return {
    callsOf,
    /** Defers a batch of the ready invitations of a parked Live. */
    deferParked: ({ spot }: Terms, slot: Slot, until: number) =>
      sql`WITH parked AS MATERIALIZED (SELECT id FROM invitations
          WHERE spot = ${spot} AND state = 'available' AND batch_key = ${slot.batch}
          ORDER BY lane, expires_at, due_at, id ${limited(sql, sweepSize)} ${skip})
        UPDATE invitations SET state = 'scheduled', due_at = ${until} WHERE id IN (SELECT id FROM parked)`,
    /** Keeps the Live parked until its probe has ended. */
    probeParked: ({ spot, now, lease }: Terms, slot: Slot) =>
      sql`UPDATE parked_lives SET until = ${now + wholeMillis(lease)} WHERE spot = ${spot} AND live_id = ${slot.liveId}`
  }
}
