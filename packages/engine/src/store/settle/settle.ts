/** What became of the calls: invitations end or wait, and each call is kept. */
import { Array, Clock, Duration, Effect, Result } from "effect"
import { Participant } from "@usher/core"
import type { Event } from "@usher/model/Event"
import { errorOf, statusOfCall } from "../../ports/answer.ts"
import type { Outcome, Result as Answer, Settlement } from "../../ports/Settling.ts"
import { InboxUnavailable } from "../../ports/Inbox.ts"
import { counting } from "../rows/counting.ts"
import { inserting, type Values, writing } from "../rows/manyRows.ts"
import * as rows from "../rows/rows.ts"
import { millis, type Store, text, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { transaction, unavailable } from "../rows/transaction.ts"
import { settlingLate } from "./lateAnswers.ts"

/** Of an invitation whose lease still is this one. All that are named are locked, in the order of their ids. */
const end = (toChange: string) => ({
  one: `UPDATE invitations SET status = ?3, ready = ?4, lease = NULL, due_at = ?5, settled_at = ?6, attempts = ?7,
      lane = CASE WHEN lane = 0 AND ?8 = 1 THEN 1 ELSE lane END, last_error = ?9, trace_id = ?10, together = ?11, batch = ?12
    WHERE id = ?1 AND lease = ?2`,
  many: (tuples: string) => `WITH ended
      (id, lease, status, ready, due_at, settled_at, attempts, retried, error, trace_id, together, batch) AS (VALUES ${tuples}),
      locked AS MATERIALIZED (SELECT id FROM invitations WHERE id IN (SELECT id FROM ended) ORDER BY id ${toChange})
    UPDATE invitations SET status = ended.status, ready = ended.ready, lease = NULL, due_at = ended.due_at,
      settled_at = ended.settled_at, attempts = ended.attempts,
      lane = CASE WHEN lane = 0 AND ended.retried = 1 THEN 1 ELSE lane END, last_error = ended.error,
      trace_id = ended.trace_id, together = ended.together, batch = ended.batch
    FROM ended, locked WHERE locked.id = ended.id AND invitations.id = ended.id AND invitations.lease = ended.lease
    RETURNING ended.id AS written`,
  types: [
    "TEXT",
    "TEXT",
    "TEXT",
    "SMALLINT",
    "BIGINT",
    "BIGINT",
    "SMALLINT",
    "SMALLINT",
    "TEXT",
    "TEXT",
    "SMALLINT",
    "TEXT"
  ]
})

const rowOf = (
  { claim, next, result }: Outcome,
  traceId: string | null,
  now: number,
  /** Of the Spot. */
  time: number
): Values => {
  const waits = next.status === "pending"
  // The Spot's time may be another than the system's.
  const dueAt = waits ? time + Math.max(0, millis(next.dueAt) - now) : now
  const together = waits ? (next.together ?? claim.together) : null
  return [
    claim.id,
    claim.lease,
    next.status,
    waits ? (dueAt <= time ? 1 : 0) : null,
    dueAt,
    waits ? null : now,
    claim.attempt - (waits && !next.burnt ? 1 : 0),
    waits && next.burnt ? 1 : 0,
    errorOf(result)?._tag ?? null,
    traceId,
    together,
    rows.batchOf(claim.invitation, together)
  ]
}

/**
 * Of a paid call that has ended: from then on its window passes, since nobody knows when the upstream counted it. Counted
 * from its start, whatever has become of the clock. No other transaction waits for these rows: each is one call's, and old ones
 * are deleted only where they are not locked.
 */
const endSpend = {
  one: "UPDATE spends SET ends_at = started_at + ?4 WHERE spot = ?1 AND lane = ?2 AND number = ?3",
  many: (tuples: string) => `WITH ended (spot, lane, number, lasted) AS (VALUES ${tuples})
    UPDATE spends SET ends_at = spends.started_at + ended.lasted FROM ended
    WHERE spends.spot = ended.spot AND spends.lane = ended.lane AND spends.number = ended.number RETURNING ended.spot AS written`,
  types: ["TEXT", "SMALLINT", "BIGINT", "BIGINT"]
}

/** Its call's row has the same id however often it is written: a commit that was not heard of is no second call. */
const attemptIds = new WeakMap<Settlement, string>()

/**
 * Settles many calls in one transaction; of each, which outcomes still held their lease. The others are late: see
 * `lateAnswers.ts`. Where the batch can't be written, each call is tried alone, so that one of them holds up no other.
 */
export const settle = (store: Store) => {
  const { sql, random, signals, events, isDatabaseClock } = store
  const { at: timeOf } = timing(sql, isDatabaseClock)
  const count = counting(sql)
  const endAll = writing(sql, end(sql.onDialectOrElse({ pg: () => "FOR NO KEY UPDATE", orElse: () => "" })))
  const endSpends = writing(sql, endSpend)
  const insertAttempts = inserting(sql, "attempts", attemptColumns, "ON CONFLICT (id) DO NOTHING")
  const insertLinks = inserting(sql, "attempt_invitations", linkColumns, "ON CONFLICT DO NOTHING")
  const settleLate = settlingLate(sql)

  const idOf = (settlement: Settlement) =>
    Effect.suspend(() => {
      const known = attemptIds.get(settlement)
      if (known !== undefined) return Effect.succeed(known)
      return Effect.map(random.ulid, (ulid) => {
        const id = `att_${ulid}`
        attemptIds.set(settlement, id)
        return id
      })
    })

  const write = Effect.fnUntraced(function* (settlements: ReadonlyArray<Settlement>) {
    const now = yield* Clock.currentTimeMillis
    const times = new Map<string, number>()
    for (const spot of new Set(settlements.map(({ outcomes: [first] }) => first.claim.spot))) {
      times.set(spot, yield* timeOf(spot))
    }
    const ended = settlements
      .flatMap(({ outcomes, traceId }) =>
        outcomes.map((outcome) => rowOf(outcome, traceId, now, times.get(outcome.claim.spot) ?? now))
      )
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    const isWritten = yield* endAll(ended)
    const held = new Set(ended.filter((_, at) => isWritten[at]).map(([id, lease]) => keyOf(id, lease)))
    const settled = settlements.map(({ outcomes }) =>
      outcomes.map(({ claim }) => held.delete(keyOf(claim.id, claim.lease)))
    )
    const late = settlements.flatMap(({ outcomes, traceId }, at) =>
      outcomes.flatMap((outcome, index) => (settled[at]?.[index] === true ? [] : [{ outcome, traceId }]))
    )
    const { isStored, changed } = yield* settleLate(late, now)
    yield* endSpends(settlements.flatMap(spendRow))

    const attempts: Array<Values> = []
    const links: Array<Values> = []
    const kept: Array<Outcome> = [...changed]
    /** Where each call's row is in `attempts`. */
    const places = new Map<number, number>()
    for (const [at, settlement] of settlements.entries()) {
      const outcomes = settlement.outcomes.filter(
        (outcome, index) => settled[at]?.[index] === true || isStored(outcome)
      )
      if (!Array.isArrayNonEmpty(outcomes)) continue
      const id = yield* idOf(settlement)
      places.set(at, attempts.length)
      attempts.push(attemptRow(id, { ...settlement, outcomes }))
      links.push(...outcomes.map((outcome) => linkRow(id, outcome)))
      kept.push(...outcomes.filter((outcome) => !isStored(outcome)))
    }
    const isNew = yield* insertAttempts(attempts)
    yield* insertLinks(links)
    yield* count(
      kept.map(({ claim: { source }, next: { status } }) => ({
        source,
        name: status === "pending" ? "retried" : status
      })),
      now
    )
    return {
      // A call that is stored already was settled by an earlier try, whose commit was not heard of.
      settled: settled.map((all, at) => (isNew[places.get(at) ?? -1] === false ? all.map(() => true) : all)),
      kept
    }
  })

  const commit = (settlements: ReadonlyArray<Settlement>) =>
    write(settlements).pipe(
      transaction(sql),
      // They are due earlier than their leases would have ended: a dispatcher that naps has to look again.
      Effect.tap(() => (settlements.some(waits) ? signals.publish("due") : Effect.void)),
      Effect.tap(({ kept }) => events.tell(() => kept.map(eventOf))),
      Effect.map(({ settled }) => settled),
      unavailable,
      Effect.catchDefect((cause) => Effect.fail(new InboxUnavailable({ cause })))
    )

  const alone = (settlement: Settlement): Effect.Effect<Settled> =>
    Effect.result(Effect.map(commit([settlement]), ([held = []]) => held))

  return (settlements: ReadonlyArray<Settlement>): Effect.Effect<ReadonlyArray<Settled>> =>
    commit(settlements).pipe(
      Effect.map((all) => all.map((held): Settled => Result.succeed(held))),
      Effect.catch((error) =>
        settlements.length === 1 ? Effect.succeed([Result.fail(error)]) : Effect.forEach(settlements, alone)
      ),
      Effect.withTracerEnabled(false)
    )
}

type Settled = Result.Result<ReadonlyArray<boolean>, InboxUnavailable>

const keyOf = (id: unknown, lease: unknown) => `${id} ${lease}`

const eventOf = ({ claim: { id, spot, invitation }, next: { status } }: Outcome): Event => ({
  type: "invitation",
  id,
  spot,
  liveId: invitation.liveId,
  status
})

const waits = ({ outcomes }: Settlement) => outcomes.some(({ next }) => next.status === "pending")

const spendRow = ({ spend, waited = Duration.zero, duration }: Settlement): ReadonlyArray<Values> =>
  spend === null || spend === undefined
    ? []
    : [[spend.spot, spend.lane, spend.number, Math.ceil(Duration.toMillis(Duration.sum(waited, duration)))]]

const attemptColumns = ["id", "started_at", "duration_ms", "upstream_status", "answer", "trace_id"]

const attemptRow = (id: string, { startedAt, duration, traceId, outcomes }: Settlement): Values => [
  id,
  millis(startedAt),
  wholeMillis(duration),
  statusOfCall(outcomes),
  outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null) ?? null,
  traceId
]

const linkColumns = ["attempt_id", "invitation_id", "number", "error", "participant"]

const linkRow = (attemptId: string, { claim, result }: Outcome): Values => {
  const error = errorOf(result)
  return [
    attemptId,
    claim.id,
    claim.attempt,
    error === null ? null : rows.encodeError(error),
    result instanceof Participant.Participant ? rows.encodeParticipant(result) : null
  ]
}

/** Bounded, and without addresses, by those who made the error. */
const answerOf = (result: Answer): string | null => {
  const error = errorOf(result)
  return error !== null && "answer" in error && error.answer !== undefined ? text(error.answer) : null
}
