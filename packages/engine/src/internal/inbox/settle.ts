/** What became of the calls: invitations end or wait, and each call is kept. */
import { Clock, Duration, Effect } from "effect"
import { Participant } from "@usher/core"
import type { Outcome, Result, Settlement } from "../../Dispatch.ts"
import type { Event } from "../../Events.ts"
import { errorOf, statusOfCall } from "../answer.ts"
import { counting } from "./counting.ts"
import { chunks } from "./insertMany.ts"
import * as rows from "./rows.ts"
import { millis, type Store, text, unavailable, wholeMillis } from "./store.ts"

/** Settles many calls in one transaction; of each, which outcomes still held their lease. */
export const settle = ({ sql, random, signals, events }: Store) => {
  const count = counting(sql)
  const lock = sql.onDialectOrElse({ pg: () => sql.literal("FOR UPDATE"), orElse: () => sql.literal("") })

  const row = (outcome: Outcome, traceId: string | null, now: number) => {
    const { claim, next, result } = outcome
    const waits = next.status === "pending"
    const dueAt = waits ? millis(next.dueAt) : now
    const whole = (value: number | null) => sql`CAST(${value} AS BIGINT)`
    const words = (value: string | null) => sql`CAST(${value} AS TEXT)`
    const together = waits ? (next.together ?? claim.together) : null
    return sql`(${claim.id}, ${next.status}, ${whole(waits ? (dueAt <= now ? 1 : 0) : null)}, ${whole(dueAt)},
      ${whole(waits ? null : now)}, ${whole(claim.attempt - (waits && !next.burnt ? 1 : 0))}, ${whole(waits && next.burnt ? 1 : 0)},
      ${words(errorOf(result)?._tag ?? null)}, ${words(traceId)}, ${whole(together)}, ${words(rows.batchOf(claim.invitation, together))})`
  }

  /** Where those belong that are under this lease still: a late one changes nothing. */
  const hold = Effect.fnUntraced(function* (outcomes: ReadonlyArray<Outcome>) {
    const held = new Map<string, Home>()
    for (const chunk of chunks(outcomes)) {
      const pairs = chunk.map(({ claim }) => sql`(${claim.id}, ${claim.lease})`)
      const found = yield* sql<{
        id: string
        lease: string
        source: string
        spot: string
      }>`SELECT id, lease, source, spot FROM invitations
        WHERE (id, lease) IN (VALUES ${sql.csv(pairs)}) ORDER BY id ${lock}`
      for (const { id, lease, ...home } of found) held.set(id + lease, home)
    }
    return held
  })

  const write = Effect.fnUntraced(function* (settlements: ReadonlyArray<Settlement>) {
    const now = yield* Clock.currentTimeMillis
    const held = yield* hold(settlements.flatMap(({ outcomes }) => outcomes))
    const homes = new Map(held)
    const settled = settlements.map(({ outcomes }) =>
      outcomes.map(({ claim }) => held.delete(claim.id + claim.lease))
    )
    const kept = settlements.flatMap((settlement, at) => {
      const outcomes = settlement.outcomes.filter((_, index) => settled[at]?.[index])
      return outcomes.length === 0 ? [] : [{ settlement, outcomes }]
    })
    const ended = kept.flatMap(({ settlement, outcomes }) =>
      outcomes.map((outcome) => row(outcome, settlement.traceId, now))
    )
    for (const chunk of chunks(ended)) {
      yield* sql`WITH ended (id, status, ready, due_at, settled_at, attempts, retries, error, trace_id, together, batch) AS (VALUES ${sql.csv(chunk)})
        UPDATE invitations SET status = ended.status, ready = ended.ready, lease = NULL, due_at = ended.due_at,
          settled_at = ended.settled_at, attempts = ended.attempts, last_error = ended.error, trace_id = ended.trace_id,
          together = ended.together, batch = ended.batch,
          lane = CASE WHEN lane = 0 AND ended.retries = 1 THEN 1 ELSE lane END
        FROM ended WHERE invitations.id = ended.id`
    }
    for (const chunk of chunks(settlements.flatMap(callEnd))) {
      yield* sql`WITH ended (spot, lane, number, at) AS (VALUES ${sql.csv(chunk.map(({ spend: { spot, lane, number }, at }) => sql`(${spot}, CAST(${lane} AS BIGINT), CAST(${number} AS BIGINT), CAST(${at} AS BIGINT))`))})
        UPDATE spends SET ends_at = ended.at FROM ended
        WHERE spends.spot = ended.spot AND spends.lane = ended.lane AND spends.number = ended.number`
    }
    const calls = yield* Effect.forEach(kept, ({ settlement, outcomes }) =>
      Effect.map(random.ulid, (ulid) => ({
        attempt: attemptRow(`att_${ulid}`, settlement),
        links: outcomes.map((outcome) => linkRow(`att_${ulid}`, outcome))
      }))
    )
    for (const chunk of chunks(calls.map(({ attempt }) => attempt))) {
      yield* sql`INSERT INTO attempts ${sql.insert(chunk)}`
    }
    for (const chunk of chunks(calls.flatMap(({ links }) => links))) {
      yield* sql`INSERT INTO attempt_invitations ${sql.insert(chunk)}`
    }
    const changes = kept.flatMap(({ outcomes }) => outcomes.map((outcome) => changeOf(outcome, homes)))
    yield* count(
      changes.map(({ source, status }) => ({ source, name: status === "pending" ? "retried" : status })),
      now
    )
    return { settled, changes }
  })

  return (settlements: ReadonlyArray<Settlement>) =>
    write(settlements).pipe(
      sql.withTransaction,
      // They are due earlier than their leases would have ended: a dispatcher that naps has to look again.
      Effect.tap(() => (settlements.some(waits) ? signals.publish("due") : Effect.void)),
      Effect.tap(({ changes }) => events.tell(() => changes.map(eventOf))),
      Effect.map(({ settled }) => settled),
      unavailable,
      Effect.withTracerEnabled(false)
    )
}

interface Home {
  readonly spot: string
  readonly source: string
}

interface Change extends Home {
  readonly id: string
  readonly liveId: string
  readonly status: Outcome["next"]["status"]
}

const changeOf = (
  { claim: { id, lease, invitation }, next: { status } }: Outcome,
  homes: ReadonlyMap<string, Home>
): Change => {
  const { spot = "", source = "" } = homes.get(id + lease) ?? {}
  return { id, spot, source, liveId: invitation.liveId, status }
}

const eventOf = ({ id, spot, liveId, status }: Change): Event => ({
  type: "invitation",
  id,
  spot,
  liveId,
  status
})

const waits = ({ outcomes }: Settlement) => outcomes.some(({ next }) => next.status === "pending")

/** From then on its window passes: nobody knows when in between the upstream counted it. */
const callEnd = ({ spend, startedAt, duration }: Settlement) =>
  spend === null || spend === undefined
    ? []
    : [{ spend, at: millis(startedAt) + Math.ceil(Duration.toMillis(duration)) }]

const attemptRow = (id: string, { startedAt, duration, traceId, outcomes }: Settlement) => ({
  id,
  started_at: millis(startedAt),
  duration_ms: wholeMillis(duration),
  upstream_status: statusOfCall(outcomes),
  answer: outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null) ?? null,
  trace_id: traceId
})

const linkRow = (attemptId: string, { claim, result }: Outcome) => {
  const error = errorOf(result)
  return {
    attempt_id: attemptId,
    invitation_id: claim.id,
    number: claim.attempt,
    error: error === null ? null : rows.encodeError(error),
    participant: result instanceof Participant.Participant ? rows.encodeParticipant(result) : null
  }
}

/** Bounded, and without addresses, by those who made the error. */
const answerOf = (result: Result): string | null => {
  const error = errorOf(result)
  return error !== null && "answer" in error && error.answer !== undefined ? text(error.answer) : null
}
