/**
 * Kills the relay at critical points, and restarts it. The relay has no hook for this: the test controls it from outside,
 * by the state of the store, by signals and by the responses of the upstream.
 */
import { Duration, Effect, Fiber, Option, Random, Schedule } from "effect"
import { HttpClient } from "effect/http"
import { SqlClient, type SqlError } from "effect/sql"
import type { SignedDelivery } from "./SignedDelivery.ts"
import type { RelayProcess } from "./RelayProcess.ts"
import * as Scratch from "./Scratch.ts"
import * as Stored from "./Stored.ts"
import type { Trial } from "./Trial.ts"
import { keyOf } from "./Verdict.ts"

export const points = ["after read", "after commit", "after the upstream call"] as const

/** The point at which the relay is killed. */
export type Point = (typeof points)[number]

export interface Round {
  readonly point: Point
  /** The number of deliveries at that point. 0 if each of its kills missed it. */
  readonly caught: number
  /** The number of acknowledged deliveries that are missing in the store. */
  readonly gone: number
}

/** On a busy machine a kill may miss its point. Such a round proves nothing, so it is repeated. */
const maxTries = 5

const isConclusive = ({ caught, gone }: Round) => caught > 0 || gone > 0

/** Runs the rounds one after the other: each point equally often, in random order. */
export const run = Effect.fnUntraced(function* (
  trial: Trial,
  rounds: number,
  onRound: (number: number, round: Round) => Effect.Effect<void>
) {
  const turns = yield* Effect.forEach(Array.from({ length: Math.ceil(rounds / points.length) }), () =>
    Random.shuffle(points)
  )
  return yield* Effect.forEach(turns.flat().slice(0, rounds), (point, index) =>
    crash(trial, point).pipe(
      Effect.repeat({ until: isConclusive, times: maxTries - 1 }),
      Effect.tap((round) => onRound(index + 1, round))
    )
  )
})

const crash = Effect.fnUntraced(function* (trial: Trial, point: Point) {
  yield* trial.settled
  const relay = yield* trial.relay
  const { round, leases } = yield* Effect.gen(function* () {
    const { burst, isMet } = yield* reaching[point](trial, relay)
    yield* Stored.untilAlone
    const kept = new Map((yield* Stored.webhooks).map((webhook) => [keyOf(webhook), webhook]))
    const { participants } = yield* trial.ledger.state
    const invited = new Set(participants.map(({ member }) => member))
    const acknowledged = trial.sent().filter(trial.isAcknowledged)
    const caught = burst.filter((signed) =>
      isAt[point]({
        webhook: kept.get(keyOf(signed)),
        isAcknowledged: trial.isAcknowledged(signed),
        isInvited: invited.has(signed.member)
      })
    )
    const gone = acknowledged.filter((signed) => !kept.has(keyOf(signed)))
    const round: Round = { point, caught: isMet ? caught.length : 0, gone: gone.length }
    return { round, leases: yield* Stored.leases }
  }).pipe(
    // A read-only connection, where possible, leaves the recovery of the file to the relay.
    point === "after read" ? Scratch.writing(trial.scratch) : Scratch.reading(trial.scratch)
  )
  yield* trial.restart
  yield* Scratch.writing(trial.scratch)(Stored.endLeases(leases))
  // A new delivery triggers the promotion of expired leases.
  yield* trial.next(1)
  yield* trial.resend
  return round
})

/** The state of a delivery after the kill. */
interface Standing {
  readonly webhook: Stored.Kept | undefined
  readonly isAcknowledged: boolean
  readonly isInvited: boolean
}

const isAt: Record<Point, (standing: Standing) => boolean> = {
  "after read": ({ webhook, isAcknowledged }) => webhook === undefined && !isAcknowledged,
  "after commit": ({ webhook, isAcknowledged }) => webhook !== undefined && !isAcknowledged,
  "after the upstream call": ({ webhook, isInvited }) =>
    isInvited && (webhook?.invitations.includes("sending") ?? false)
}

/** Sends deliveries and kills the relay. Returns the deliveries, and whether the relay was at the point. */
type Reaching = (
  trial: Trial,
  relay: RelayProcess
) => Effect.Effect<
  { readonly burst: ReadonlyArray<SignedDelivery>; readonly isMet: boolean },
  SqlError.SqlError,
  HttpClient.HttpClient | SqlClient.SqlClient
>

const someDeliveries = (trial: Trial) => Effect.flatMap(Random.nextIntBetween(4, 32), trial.next)

const sendAll = (trial: Trial, signedDeliveries: ReadonlyArray<SignedDelivery>) =>
  Effect.forkChild(Effect.forEach(signedDeliveries, trial.post, { concurrency: "unbounded", discard: true }))

/** The test holds the lock that a commit needs, so the relay has read the deliveries and waits. */
const reachRead: Reaching = Effect.fnUntraced(function* (trial, relay) {
  const sql = yield* SqlClient.SqlClient
  const lock = sql.onDialectOrElse({
    pg: () => sql`LOCK TABLE webhooks IN SHARE MODE`,
    orElse: () => Effect.void
  })
  const isWaiting = sql.onDialectOrElse({ pg: () => untilLocked(sql), orElse: () => untilDumb(relay) })
  for (let attempt = 1; ; attempt++) {
    const burst = yield* someDeliveries(trial)
    const { sending, isMet } = yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* lock
        const sending = yield* sendAll(trial, burst)
        const isMet = yield* isWaiting
        yield* Effect.flatMap(Random.nextIntBetween(0, 100), Effect.sleep)
        if (isMet || attempt === readTries) yield* relay.kill
        return { sending, isMet }
      })
    )
    yield* Fiber.await(sending)
    if (isMet || attempt === readTries) return { burst, isMet }
  }
})

/** On a busy machine the relay may read the deliveries too late. */
const readTries = 10

/** Until an insert waits for the lock. */
const untilLocked = (sql: SqlClient.SqlClient) =>
  sql`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'webhooks'::regclass AND mode = 'RowExclusiveLock'`.pipe(
    Effect.repeat({ until: ({ length }) => length > 0 }),
    Effect.timeoutOption("1500 millis"),
    Effect.map(Option.isSome)
  )

/** Until the relay does not respond: a SQLite statement that waits for the lock blocks the whole process. */
const untilDumb = ({ url }: RelayProcess) =>
  HttpClient.get(`${url}/healthz`).pipe(
    Effect.flatMap(({ text }) => text),
    Effect.timeoutOption("200 millis"),
    Effect.repeat({ until: Option.isNone, times: 100 }),
    Effect.match({ onSuccess: Option.isNone, onFailure: () => false })
  )

/** Stops the relay when the store has a delivery, and kills it if a response is still missing. */
const reachCommit: Reaching = Effect.fnUntraced(function* (trial, relay) {
  const tries = 100
  for (let attempt = 1; ; attempt++) {
    const burst = yield* someDeliveries(trial)
    const before = yield* Stored.count
    yield* relay.signal("SIGSTOP")
    const sending = yield* sendAll(trial, burst)
    // Until all requests are in the kernel.
    yield* Effect.sleep("30 millis")
    yield* relay.signal("SIGCONT")
    yield* Effect.timeoutOption(
      Effect.repeat(Stored.count, { until: (count) => count > before }),
      "5 seconds"
    )
    yield* relay.signal("SIGSTOP")
    // Until sent responses have arrived.
    yield* Effect.sleep("50 millis")
    const kept = new Set((yield* Stored.webhooks).map(keyOf))
    const isOwed = burst.some((signed) => kept.has(keyOf(signed)) && !trial.isAcknowledged(signed))
    if (isOwed || attempt === tries) {
      yield* relay.kill
      yield* Fiber.await(sending)
      return { burst, isMet: isOwed }
    }
    yield* relay.signal("SIGCONT")
    yield* Fiber.await(sending)
  }
})

/** The upstream invites a person and delays its response. */
const reachUpstream: Reaching = Effect.fnUntraced(function* (trial, relay) {
  const burst = yield* someDeliveries(trial)
  const members = new Set(burst.map(({ member }) => member))
  yield* trial.faults.set([{ delay: Duration.hours(1) }])
  yield* Fiber.await(yield* sendAll(trial, burst))
  const acted = yield* trial.ledger.state.pipe(
    Effect.repeat({
      schedule: Schedule.spaced("5 millis"),
      until: ({ participants }) => participants.some(({ member }) => members.has(member))
    }),
    Effect.timeoutOption("20 seconds")
  )
  yield* Effect.flatMap(Random.nextIntBetween(0, 100), Effect.sleep)
  yield* relay.kill
  yield* trial.faults.set([])
  return { burst, isMet: Option.isSome(acted) }
})

const reaching: Record<Point, Reaching> = {
  "after read": reachRead,
  "after commit": reachCommit,
  "after the upstream call": reachUpstream
}
