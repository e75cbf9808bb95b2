/** What became of the calls: invitations end or wait, and each call is kept. */
import { Array, Clock, Duration, Effect, Result } from "effect"
import type { SqlClient } from "effect/sql"
import { Participant } from "@usher/core"
import type { Event } from "@usher/model/Event"
import { errorOf, statusOfCall } from "../../ports/answer.ts"
import type { Spend } from "../../ports/Claiming.ts"
import type { Outcome, Settlement } from "../../ports/Settling.ts"
import { InboxUnavailable } from "../../ports/Inbox.ts"
import { counting } from "../rows/counting.ts"
import { type Columns, inserting, updating } from "../rows/manyRows.ts"
import * as rows from "../rows/rows.ts"
import { millis, type Store, text, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { transaction, unavailable } from "../rows/transaction.ts"
import { settlingLate } from "./lateAnswers.ts"

/** An outcome, with what follows from it for its invitation. */
interface Ending extends Outcome {
  readonly traceId: string | null
  /** By the system clock. */
  readonly now: number
  /** Of the Spot. */
  readonly time: number
  readonly waits: boolean
  readonly burnt: boolean
  readonly dueAt: number
  readonly together: number | null
}

const endingOf = (outcome: Outcome, traceId: string | null, now: number, time: number): Ending => {
  const { claim, next } = outcome
  const waits = next.status === "pending"
  return {
    ...outcome,
    traceId,
    now,
    time,
    waits,
    burnt: waits && next.burnt,
    // The Spot's time may be another than the system's.
    dueAt: waits ? time + Math.max(0, millis(next.dueAt) - now) : now,
    together: waits ? (next.together ?? claim.together) : null
  }
}

const ended: Columns<Ending> = {
  status: ["TEXT", ({ next }) => next.status],
  ready: ["SMALLINT", ({ waits, dueAt, time }) => (waits ? (dueAt <= time ? 1 : 0) : null)],
  due_at: ["BIGINT", ({ dueAt }) => dueAt],
  settled_at: ["BIGINT", ({ waits, now }) => (waits ? null : now)],
  attempts: ["SMALLINT", ({ claim, waits, burnt }) => claim.attempt - (waits && !burnt ? 1 : 0)],
  last_error: ["TEXT", ({ result }) => errorOf(result)?._tag],
  trace_id: ["TEXT", ({ traceId }) => traceId],
  together: ["SMALLINT", ({ together }) => together],
  batch: ["TEXT", ({ claim, together }) => rows.batchOf(claim.invitation, together)]
}

/** Changes invitations whose lease still is this one. All that are named are locked, in the order of their ids. */
const endingAll = (sql: SqlClient.SqlClient) =>
  updating<Ending>(sql, {
    table: "invitations",
    keys: { id: ["TEXT", ({ claim }) => claim.id], lease: ["TEXT", ({ claim }) => claim.lease] },
    columns: ended,
    beside: { retried: ["SMALLINT", ({ burnt }) => (burnt ? 1 : 0)] },
    set: (of) => `lease = NULL, lane = CASE WHEN lane = 0 AND ${of("retried")} = 1 THEN 1 ELSE lane END`,
    locked: "true"
  })

interface Paid {
  readonly spend: Spend
  /** How long its call took, in milliseconds. */
  readonly lasted: number
}

/**
 * Of a paid call that has ended: from then on its window passes, since nobody knows when the upstream counted it. Counted
 * from its start, whatever has become of the clock. No other transaction waits for these rows: each is one call's, and old ones
 * are deleted only where they are not locked.
 */
const endingSpends = (sql: SqlClient.SqlClient) =>
  updating<Paid>(sql, {
    table: "spends",
    keys: {
      spot: ["TEXT", ({ spend }) => spend.spot],
      lane: ["SMALLINT", ({ spend }) => spend.lane],
      number: ["BIGINT", ({ spend }) => spend.number]
    },
    beside: { lasted: ["BIGINT", ({ lasted }) => lasted] },
    set: (of) => `ends_at = started_at + ${of("lasted")}`
  })

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
  const endAll = endingAll(sql)
  const endSpends = endingSpends(sql)
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
    yield* endSpends(settlements.flatMap(paidOf))

    const calls: Array<Call> = []
    const kept: Array<Outcome> = [...changed]
    /** Where each settlement is in `calls`. */
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

const keyOf = ({ claim: { id, lease } }: Outcome) => `${id} ${lease}`

const eventOf = ({ claim: { id, spot, invitation }, next: { status } }: Outcome): Event => ({
  type: "invitation",
  id,
  spot,
  liveId: invitation.liveId,
  status
})

const waits = ({ outcomes }: Settlement) => outcomes.some(({ next }) => next.status === "pending")

const paidOf = ({ spend, waited = Duration.zero, duration }: Settlement): ReadonlyArray<Paid> =>
  spend === null || spend === undefined
    ? []
    : [{ spend, lasted: Math.ceil(Duration.toMillis(Duration.sum(waited, duration))) }]

/** A call whose answer is kept, and the id of its row. */
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

/** The part that an invitation had in a call, with the id of the call. */
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

/** Bounded, and without addresses, by those who made the error. */
const answerOf = ({ result }: Outcome): string | null => {
  const error = errorOf(result)
  return error !== null && "answer" in error && error.answer !== undefined ? text(error.answer) : null
}
