/**
 * Stores answers that arrive after their lease was lost, when another dispatcher has taken over the invitation. They are
 * kept as attempts, and a success wins: nobody calls again for a person who is invited.
 */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { InvitationStatus } from "@usher/model/Invitation"
import { errorOf } from "../../ports/resultStatus.ts"
import type { Outcome } from "../../ports/Settling.ts"
import { chunks } from "../rows/manyRows.ts"
import * as rows from "../rows/rows.ts"

export interface LateAnswer {
  readonly outcome: Outcome
  readonly traceId: string | null
}

interface Row {
  readonly id: string
  readonly status: InvitationStatus
  readonly cancelled_by: string | null
  readonly lost_lease_token: string | null
}

/** Statuses that a late success overrides. */
const open: ReadonlySet<InvitationStatus> = new Set([
  "pending",
  "sending",
  "rejected",
  "exhausted",
  "expired",
  "cancelled"
])

/** Forgetting a person cancels without an operator's name. */
const isForgotten = ({ status, cancelled_by }: Row): boolean =>
  status === "cancelled" && cancelled_by === null

/** The other dispatcher's call found the person already invited, because of the call that this answer belongs to. */
const wins = (outcome: Outcome, status: InvitationStatus): boolean => {
  if (outcome.next.status === "invited") return open.has(status) || status === "already_invited"
  return outcome.next.status === "already_invited" && open.has(status)
}

/**
 * Runs in the transaction that has locked the invitations. Returns which answers are stored as attempts, and which of
 * them changed their invitation. Answers for forgotten people and purged invitations are not stored.
 */
export const settlingLate = (sql: SqlClient.SqlClient) => {
  const look = Effect.fnUntraced(function* (late: ReadonlyArray<LateAnswer>) {
    const found = new Map<string, Row>()
    for (const chunk of chunks([...new Set(late.map(({ outcome }) => outcome.claim.id))])) {
      const present =
        yield* sql<Row>`SELECT id, status, cancelled_by, lost_lease_token FROM invitations WHERE ${sql.in("id", chunk)}`
      for (const row of present) found.set(row.id, row)
    }
    return found
  })

  const end = ({ outcome: { claim, next, result }, traceId }: LateAnswer, now: number) =>
    sql`UPDATE invitations SET status = ${next.status}, state = 'finished', lease_token = NULL, due_at = ${now},
      settled_at = COALESCE(settled_at, ${now}), last_error = ${errorOf(result)?._tag ?? null}, trace_id = ${traceId},
      max_batch_size = NULL, batch_key = ${rows.batchOf(claim.invitation)} WHERE id = ${claim.id}`

  return Effect.fnUntraced(function* (late: ReadonlyArray<LateAnswer>, now: number) {
    const stored = new Set<Outcome>()
    const changed: Array<Outcome> = []
    if (late.length === 0) return { isStored: () => false, changed }
    const present = yield* look(late)
    for (const one of late) {
      const { outcome } = one
      const row = present.get(outcome.claim.id)
      if (row === undefined || isForgotten(row)) continue
      stored.add(outcome)
      if (row.lost_lease_token === outcome.claim.leaseToken)
        yield* sql`UPDATE invitations SET lost_lease_token = NULL WHERE id = ${row.id}`
      if (!wins(outcome, row.status)) continue
      yield* end(one, now)
      changed.push(outcome)
    }
    return { isStored: (outcome: Outcome) => stored.has(outcome), changed }
  })
}
