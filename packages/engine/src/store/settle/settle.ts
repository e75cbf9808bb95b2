/** Settles calls: ends or delays their invitations, and keeps each call as an attempt. */
import { Array, Clock, Duration, Effect, Result } from "effect"
import type { SqlClient } from "effect/sql"
import { Participant } from "@usher/core"
import type { Event } from "@usher/model/Event"
import { errorOf, statusOfCall } from "../../ports/resultStatus.ts"
import type { Reservation } from "../../ports/Claiming.ts"
import type { Outcome, Settlement } from "../../ports/Settling.ts"
import { InboxUnavailable } from "../../ports/Inbox.ts"
import { counting } from "../rows/counting.ts"
import { type Columns, inserting, updating } from "../rows/manyRows.ts"
import * as rows from "../rows/rows.ts"
import { millis, type Store, text, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { transaction, toInboxUnavailable } from "../rows/transaction.ts"
import { settlingLate } from "./lateAnswers.ts"

/** An outcome, with what its invitation's row becomes. `time` is by the Spot's clock, `now` by the system's. */
const endingOf = (outcome: Outcome, traceId: string | null, now: number, time: number) => {
  const { claim, next } = outcome
  const waits = next.status === "pending"
  const countsAsAttempt = waits && next.countsAsAttempt
  const dueAt = waits ? time + Math.max(0, millis(next.dueAt) - now) : now
  const maxBatchSize = waits ? (next.maxBatchSize ?? claim.maxBatchSize) : null
  return { ...outcome, traceId, now, time, waits, countsAsAttempt, dueAt, maxBatchSize }
}

type Ending = ReturnType<typeof endingOf>

const ended: Columns<Ending> = {
  status: ["TEXT", ({ next }) => next.status],
  state: [
    "TEXT",
    ({ waits, dueAt, time }) => (waits ? (dueAt <= time ? "available" : "scheduled") : "finished")
  ],
  due_at: ["BIGINT", ({ dueAt }) => dueAt],
  settled_at: ["BIGINT", ({ waits, now }) => (waits ? null : now)],
  attempts: [
    "SMALLINT",
    ({ claim, waits, countsAsAttempt }) => claim.attempt - (waits && !countsAsAttempt ? 1 : 0)
  ],
  last_error: ["TEXT", ({ result }) => errorOf(result)?._tag],
  trace_id: ["TEXT", ({ traceId }) => traceId],
  max_batch_size: ["SMALLINT", ({ maxBatchSize }) => maxBatchSize],
  batch_key: ["TEXT", ({ claim, maxBatchSize }) => rows.batchOf(claim.invitation, maxBatchSize)]
}

/** Updates only invitations that still have this lease. All named rows are locked, in the order of their ids. */
const endingAll = (sql: SqlClient.SqlClient) =>
  updating<Ending>(sql, {
    table: "invitations",
    keys: { id: ["TEXT", ({ claim }) => claim.id], lease_token: ["TEXT", ({ claim }) => claim.leaseToken] },
    columns: ended,
    beside: { retried: ["SMALLINT", ({ countsAsAttempt }) => (countsAsAttempt ? 1 : 0)] },
    set: (of) =>
      `lease_token = NULL, lane = CASE WHEN lane = 0 AND ${of("retried")} = 1 THEN 1 ELSE lane END`,
    locked: "true"
  })

interface EndedCall {
  readonly reservation: Reservation
  /** Duration of the call, in milliseconds. */
  readonly lasted: number
}

/**
 * Ends the reservations of finished calls: the window of each starts to pass now, because nobody knows when the upstream
 * counted the call. The end is computed from the start, so a changed clock has no effect. No other transaction waits for
 * these rows: each belongs to one call, and old rows are deleted only if they are not locked.
 */
const endingReservations = (sql: SqlClient.SqlClient) =>
  updating<EndedCall>(sql, {
    table: "reservations",
    keys: {
      spot: ["TEXT", ({ reservation }) => reservation.spot],
      lane: ["SMALLINT", ({ reservation }) => reservation.lane],
      number: ["BIGINT", ({ reservation }) => reservation.number]
    },
    beside: { lasted: ["BIGINT", ({ lasted }) => lasted] },
    set: (of) => `ends_at = started_at + ${of("lasted")}`
  })

/**
 * The id of a call's row stays the same across retries: a commit whose confirmation was lost does not store the call
 * twice.
 */
const attemptIds = new WeakMap<Settlement, string>()

/**
 * Settles many calls in one transaction. Returns, for each call, which outcomes still held their lease; the others are
 * late (`lateAnswers.ts`). If the batch fails, each call is tried alone, so that one bad call does not block the others.
 */
export const settle = (store: Store) => {
  const { sql, random, signals, events, isDatabaseClock } = store
  const { at: timeOf } = timing(sql, isDatabaseClock)
  const count = counting(sql)
  const endAll = endingAll(sql)
  const endReservations = endingReservations(sql)
  const insertAttempts = inserting(sql, "attempts", attempts)
  const insertLinks = inserting(sql, "attempt_invitations", links)
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
    const endings = settlements
      .flatMap(({ outcomes, traceId }) =>
        outcomes.map((outcome) => endingOf(outcome, traceId, now, times.get(outcome.claim.spot) ?? now))
      )
      .toSorted((a, b) => (a.claim.id < b.claim.id ? -1 : 1))
    const isWritten = yield* endAll(endings)
    const held = new Set(endings.filter((_, at) => isWritten[at]).map(keyOf))
    const settled = settlements.map(({ outcomes }) => outcomes.map((outcome) => held.delete(keyOf(outcome))))
    const late = settlements.flatMap(({ outcomes, traceId }, at) =>
      outcomes.flatMap((outcome, index) => (settled[at]?.[index] === true ? [] : [{ outcome, traceId }]))
    )
    const { isStored, changed } = yield* settleLate(late, now)
    yield* endReservations(settlements.flatMap(endedOf))

    const calls: Array<Call> = []
    const kept: Array<Outcome> = [...changed]
    /** The index of each settlement in `calls`. */
    const places = new Map<number, number>()
    for (const [at, settlement] of settlements.entries()) {
      const outcomes = settlement.outcomes.filter(
        (outcome, index) => settled[at]?.[index] === true || isStored(outcome)
      )
      if (!Array.isArrayNonEmpty(outcomes)) continue
      const id = yield* idOf(settlement)
      places.set(at, calls.length)
      calls.push({ ...settlement, outcomes, id })
      kept.push(...outcomes.filter((outcome) => !isStored(outcome)))
    }
    const isNew = yield* insertAttempts(calls)
    yield* insertLinks(calls.flatMap(({ id, outcomes }) => outcomes.map((outcome) => ({ ...outcome, id }))))
    yield* count(
      kept.map(({ claim: { source }, next: { status } }) => ({
        source,
        name: status === "pending" ? "retried" : status
      })),
      now
    )
    return {
      // A call that is already stored was settled by an earlier try whose confirmation was lost.
      settled: settled.map((all, at) => (isNew[places.get(at) ?? -1] === false ? all.map(() => true) : all)),
      kept
    }
  })

  const commit = (settlements: ReadonlyArray<Settlement>) =>
    write(settlements).pipe(
      transaction(sql),
      // They are due before their leases would have ended, so a sleeping dispatcher has to look again.
      Effect.tap(() => (settlements.some(waits) ? signals.publish("due") : Effect.void)),
      Effect.tap(({ kept }) => events.emit(() => kept.map(eventOf))),
      Effect.map(({ settled }) => settled),
      toInboxUnavailable,
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

const keyOf = ({ claim: { id, leaseToken } }: Outcome) => `${id} ${leaseToken}`

const eventOf = ({ claim: { id, spot, invitation }, next: { status } }: Outcome): Event => ({
  type: "invitation",
  id,
  spot,
  liveId: invitation.liveId,
  status
})

const waits = ({ outcomes }: Settlement) => outcomes.some(({ next }) => next.status === "pending")

const endedOf = ({ reservation, waited = Duration.zero, duration }: Settlement): ReadonlyArray<EndedCall> =>
  reservation === null || reservation === undefined
    ? []
    : [{ reservation, lasted: Math.ceil(Duration.toMillis(Duration.sum(waited, duration))) }]

/** A call to store, with the id of its row. */
interface Call extends Settlement {
  readonly id: string
}

const attempts: Columns<Call> = {
  id: ["TEXT", ({ id }) => id],
  started_at: ["BIGINT", ({ startedAt }) => millis(startedAt)],
  duration_ms: ["BIGINT", ({ duration }) => wholeMillis(duration)],
  upstream_status: ["SMALLINT", ({ outcomes }) => statusOfCall(outcomes)],
  answer: ["TEXT", ({ outcomes }) => outcomes.map(answerOf).find((answer) => answer !== null)],
  trace_id: ["TEXT", ({ traceId }) => traceId]
}

/** The outcome of one invitation, with the id of its call. */
const links: Columns<Outcome & { readonly id: string }> = {
  attempt_id: ["TEXT", ({ id }) => id],
  invitation_id: ["TEXT", ({ claim }) => claim.id],
  number: ["SMALLINT", ({ claim }) => claim.attempt],
  error: [
    "TEXT",
    ({ result }) => {
      const error = errorOf(result)
      return error && rows.encodeError(error)
    }
  ],
  participant: [
    "TEXT",
    ({ result }) => (result instanceof Participant.Participant ? rows.encodeParticipant(result) : null)
  ]
}

/** The upstream's answer. The error's constructor has bounded it and removed addresses. */
const answerOf = ({ result }: Outcome): string | null => {
  const error = errorOf(result)
  return error !== null && "answer" in error && error.answer !== undefined ? text(error.answer) : null
}
