/** What became of the calls: invitations end or wait, and each call is kept. */
import { Clock, Effect } from "effect"
import { type InviteError, Participant } from "@usher/core"
import type { Outcome, Settlement } from "../../Dispatch.ts"
import { chunks } from "./insertNew.ts"
import * as rows from "./rows.ts"
import { millis, type Store, text, unavailable, wholeMillis } from "./store.ts"

/** Settles many calls in one transaction; of each, which outcomes still held their lease. */
export const settle = ({ sql, random, signals }: Store) => {
  const lock = sql.onDialectOrElse({ pg: () => sql.literal("FOR UPDATE"), orElse: () => sql.literal("") })

  const row = (outcome: Outcome, traceId: string | null, now: number) => {
    const { claim, next, result } = outcome
    const waits = next.status === "pending"
    const dueAt = waits ? millis(next.dueAt) : now
    const whole = (value: number | null) => sql`CAST(${value} AS BIGINT)`
    const words = (value: string | null) => sql`CAST(${value} AS TEXT)`
    return sql`(${claim.id}, ${next.status}, ${whole(waits ? (dueAt <= now ? 1 : 0) : null)}, ${whole(dueAt)},
      ${whole(waits ? null : now)}, ${whole(claim.attempt - (waits && !next.burnt ? 1 : 0))}, ${whole(waits && next.burnt ? 1 : 0)},
      ${words(result instanceof Participant.Participant ? null : result._tag)}, ${words(traceId)})`
  }

  /** Of those that are under this lease still: a late one changes nothing. */
  const hold = Effect.fnUntraced(function* (outcomes: ReadonlyArray<Outcome>) {
    const held = new Set<string>()
    for (const chunk of chunks(outcomes)) {
      const pairs = chunk.map(({ claim }) => sql`(${claim.id}, ${claim.lease})`)
      const found = yield* sql<{ id: string; lease: string }>`SELECT id, lease FROM invitations
        WHERE (id, lease) IN (VALUES ${sql.csv(pairs)}) ORDER BY id ${lock}`
      for (const { id, lease } of found) held.add(id + lease)
    }
    return held
  })

  const write = Effect.fnUntraced(function* (settlements: ReadonlyArray<Settlement>) {
    const now = yield* Clock.currentTimeMillis
    const held = yield* hold(settlements.flatMap(({ outcomes }) => outcomes))
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
      yield* sql`WITH ended (id, status, ready, due_at, settled_at, attempts, retries, error, trace_id) AS (VALUES ${sql.csv(chunk)})
        UPDATE invitations SET status = ended.status, ready = ended.ready, lease = NULL, due_at = ended.due_at,
          settled_at = ended.settled_at, attempts = ended.attempts, last_error = ended.error, trace_id = ended.trace_id,
          lane = CASE WHEN lane = 0 AND ended.retries = 1 THEN 1 ELSE lane END
        FROM ended WHERE invitations.id = ended.id`
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
    return settled
  })

  return (settlements: ReadonlyArray<Settlement>) =>
    write(settlements).pipe(
      sql.withTransaction,
      // They are due earlier than their leases would have ended: a dispatcher that naps has to look again.
      Effect.tap(() => (settlements.some(waits) ? signals.publish("due") : Effect.void)),
      unavailable,
      Effect.withTracerEnabled(false)
    )
}

const waits = ({ outcomes }: Settlement) => outcomes.some(({ next }) => next.status === "pending")

const attemptRow = (id: string, { startedAt, duration, traceId, outcomes: [first] }: Settlement) => ({
  id,
  started_at: millis(startedAt),
  duration_ms: wholeMillis(duration),
  upstream_status: upstreamStatus(first.result),
  answer: answer(first.result),
  trace_id: traceId
})

const linkRow = (attemptId: string, { claim, result }: Outcome) => ({
  attempt_id: attemptId,
  invitation_id: claim.id,
  number: claim.attempt,
  error: result instanceof Participant.Participant ? null : rows.encodeError(result),
  participant: result instanceof Participant.Participant ? rows.encodeParticipant(result) : null
})

/** The HTTP status that the result stands for; null where there was no answer. */
const upstreamStatus = (result: Participant.Participant | InviteError.InviteError): number | null => {
  if (result instanceof Participant.Participant) return 201
  switch (result._tag) {
    case "AlreadyInvited":
      return 200
    case "MalformedPayload":
      return result.reason === "Refused" ? 400 : null
    case "LiveNotFound":
      return 404
    case "PayloadTooLarge":
      return 413
    case "RateLimited":
      return 429
    default:
      return result.status ?? null
  }
}

/** Bounded, and without addresses, by those who made the error. */
const answer = (result: Participant.Participant | InviteError.InviteError): string | null =>
  "answer" in result ? (result.answer === undefined ? null : text(result.answer)) : null
