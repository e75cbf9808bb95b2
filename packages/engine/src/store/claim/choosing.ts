/** The calls that are made of one turn, and the leases on their invitations. */
import { Array, type Duration, Effect } from "effect"
import type { Claim } from "../../ports/Claiming.ts"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import * as rows from "../rows/rows.ts"
import { limited, skipLocked, type Store, wholeMillis } from "../rows/store.ts"
import type { Turn } from "./turns.ts"
import { stretch } from "./waking.ts"

/** A turn of single calls is this long at the most: then the next batch has its turn. */
const singlesInTurn = 16

/** While there is plenty of budget so few go one by one, which is exact. */
const few = 10

/** Under what conditions a claim is made. */
export interface Terms {
  readonly spot: string
  readonly now: number
  readonly token: string
  readonly lease: Duration.Duration
  /** Members in one call at the most. */
  readonly members: number
  /** Of those that were in no call for many yet. */
  readonly sizeOf: ClaimOptions["sizeOf"]
}

interface Ready {
  readonly id: string
  readonly lane: number
  readonly source: string
  readonly due_at: number
}

/** Of a whole batch, as `urgent` or `ofSource` would find them. */
const ofTurn = (batch: ReadonlyArray<Ready>, { lane, source }: Turn): ReadonlyArray<Ready> =>
  source === null
    ? batch.filter((row) => row.lane === lane)
    : batch
        .filter((row) => row.lane === lane && row.source === source)
        .toSorted((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1))

export const choosing = ({ sql, ended }: Store) => {
  const skip = skipLocked(sql, "invitations")

  const batch = ({ spot, now }: Terms, turn: Turn, limit: number) =>
    sql<Ready>`SELECT id, lane, source, due_at FROM invitations
      WHERE spot = ${spot} AND ready = 1 AND batch = ${turn.batch} AND expires_at > ${now}
      ORDER BY lane, expires_at, due_at, id ${limited(sql, limit)} ${skip}`

  const urgent = ({ spot, now }: Terms, turn: Turn, limit: number) =>
    sql<{ id: string }>`SELECT id FROM invitations
      WHERE spot = ${spot} AND ready = 1 AND lane = ${turn.lane} AND batch = ${turn.batch} AND expires_at > ${now}
      ORDER BY expires_at, due_at, id ${limited(sql, limit)} ${skip}`

  // The plus keeps the planner from an index of deadlines, by which it would have to sort all of a Live.
  const ofSource = ({ spot, now }: Terms, turn: Turn, limit: number) =>
    sql<{ id: string }>`SELECT id FROM invitations
      WHERE spot = ${spot} AND ready = 1 AND lane = ${turn.lane} AND source = ${turn.source} AND batch = ${turn.batch}
        AND +expires_at > ${now}
      ORDER BY due_at, id ${limited(sql, limit)} ${skip}`

  const lease = ({ now, token, lease }: Terms, ids: ReadonlyArray<string>) => sql<{
    id: string
  }>`UPDATE invitations SET status = 'sending', ready = 0, attempts = attempts + 1, lease = ${token}, due_at = ${now + wholeMillis(lease)}
    WHERE ${sql.in("id", ids)}
    RETURNING id, spot, source, live_id, invited_by, notify, lane, attempts, lease, asked_at, received_at, expires_at, together, traceparent,
      (SELECT member FROM people WHERE people.id = invitations.person) AS member`

  const setAside = (id: string, now: number) =>
    sql`UPDATE invitations SET status = 'corrupt', ready = NULL, lease = NULL, settled_at = ${now} WHERE id = ${id}`

  /** Their claims, in the order in which they were chosen. */
  const claims = Effect.fnUntraced(function* (terms: Terms, chosen: ReadonlyArray<{ readonly id: string }>) {
    if (chosen.length === 0) return []
    const leased = yield* lease(
      terms,
      chosen.map(({ id }) => id)
    )
    const readable = yield* rows.readable(leased.map(rows.claim), "invitations", (id) => {
      ended(terms.spot, "corrupt", 1)
      return setAside(id, terms.now)
    })
    const place = new Map(chosen.map(({ id }, index) => [id, index]))
    return readable.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
  })

  /**
   * One call for many, or up to `most` single ones. Few go one by one while there is plenty of budget, and so do those of
   * a Live that was parked: one alone tells whether it is there now.
   */
  const callsOf = Effect.fnUntraced(function* (
    terms: Terms,
    turn: Turn,
    budget: { readonly most: number; readonly isPlenty: boolean }
  ) {
    const isTrial = turn.parkedUntil !== null
    const largest = turn.together ?? terms.sizeOf?.(turn.liveId, terms.now) ?? Infinity
    const members = isTrial ? 1 : Math.min(terms.members, largest)
    const together = members > 1 ? yield* batch(terms, turn, members) : []
    if (together.length > (budget.isPlenty && turn.together === null ? few : 1)) {
      const all = yield* claims(terms, together)
      return Array.isReadonlyArrayNonEmpty(all) ? [all] : []
    }
    const limit = isTrial ? 1 : Math.min(budget.most, singlesInTurn)
    const isWhole = members > 1 && together.length < members
    const alone = isWhole
      ? ofTurn(together, turn).slice(0, limit)
      : yield* (turn.source === null ? urgent : ofSource)(terms, turn, limit)
    return (yield* claims(terms, alone)).map((claim): Array.NonEmptyReadonlyArray<Claim> => [claim])
  })

  return {
    callsOf,
    /** While a Live is parked, what is ready of it is put away, a stretch at a time. */
    putAway: ({ spot }: Terms, turn: Turn, until: number) =>
      sql`WITH parked AS MATERIALIZED (SELECT id FROM invitations
          WHERE spot = ${spot} AND ready = 1 AND batch = ${turn.batch}
          ORDER BY lane, expires_at, due_at, id ${limited(sql, stretch)} ${skip})
        UPDATE invitations SET ready = 0, due_at = ${until} WHERE id IN (SELECT id FROM parked)`,
    /** Until its trial has ended the Live is parked again. */
    tryOut: ({ spot, now, lease }: Terms, turn: Turn) =>
      sql`UPDATE parked_lives SET until = ${now + wholeMillis(lease)} WHERE spot = ${spot} AND live_id = ${turn.liveId}`
  }
}
