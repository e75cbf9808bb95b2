/**
 * The relay killed where it hurts, and started again. There is no hook for it in the relay: it is steered from outside, by
 * what the store shows, by signals, and by the upstream's answers.
 */
import { Duration, Effect, Fiber, Option, Random, Schedule } from "effect"
import { HttpClient } from "effect/http"
import { SqlClient, type SqlError } from "effect/sql"
import type { Parcel } from "./Parcel.ts"
import type { RelayProcess } from "./RelayProcess.ts"
import * as Scratch from "./Scratch.ts"
import * as Stored from "./Stored.ts"
import type { Trial } from "./Trial.ts"
import { keyOf } from "./Verdict.ts"

export const points = ["after read", "after commit", "after the upstream call"] as const

/** Where the relay is killed. */
export type Point = (typeof points)[number]

export interface Round {
  readonly point: Point
  /** How many deliveries were just there; 0 if it was killed somewhere else. */
  readonly caught: number
  /** Acknowledged before, and not in the store after. */
  readonly gone: number
}

/** One after the other, each point as often as the others, in an order by chance. */
export const run = Effect.fnUntraced(function* (
  trial: Trial,
  rounds: number,
  onRound: (number: number, round: Round) => Effect.Effect<void>
) {
  const turns = yield* Effect.forEach(Array.from({ length: Math.ceil(rounds / points.length) }), () =>
    Random.shuffle(points)
  )
  return yield* Effect.forEach(turns.flat().slice(0, rounds), (point, index) =>
    Effect.tap(crash(trial, point), (round) => onRound(index + 1, round))
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
    const caught = burst.filter((parcel) =>
      isAt[point]({
        webhook: kept.get(keyOf(parcel)),
        isAcknowledged: trial.isAcknowledged(parcel),
        isInvited: invited.has(parcel.member)
      })
    )
    const gone = acknowledged.filter((parcel) => !kept.has(keyOf(parcel)))
    const round: Round = { point, caught: isMet ? caught.length : 0, gone: gone.length }
    return { round, leases: yield* Stored.leases }
  }).pipe(
    // What was left in the file is for the relay to recover, wherever it can be left alone.
    point === "after read" ? Scratch.writing(trial.scratch) : Scratch.reading(trial.scratch)
  )
  yield* trial.restart
  yield* Scratch.writing(trial.scratch)(Stored.endLeases(leases))
  // One more wakes those who wait for the end of a lease.
  yield* trial.next(1)
  yield* trial.resend
  return round
})

/** How a delivery stood when the relay was dead. */
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

/** What was sent, and whether the relay was seen at the point before it was killed. */
type Reaching = (
  trial: Trial,
  relay: RelayProcess
) => Effect.Effect<
  { readonly burst: ReadonlyArray<Parcel>; readonly isMet: boolean },
  SqlError.SqlError,
  HttpClient.HttpClient | SqlClient.SqlClient
>

const someParcels = (trial: Trial) => Effect.flatMap(Random.nextIntBetween(4, 32), trial.next)

const sendAll = (trial: Trial, parcels: ReadonlyArray<Parcel>) =>
  Effect.forkChild(Effect.forEach(parcels, trial.post, { concurrency: "unbounded", discard: true }))

/** Somebody else holds the lock that a commit needs: the relay has read, and waits. */
const reachRead: Reaching = Effect.fnUntraced(function* (trial, relay) {
  const sql = yield* SqlClient.SqlClient
  const burst = yield* someParcels(trial)
  const kill = Effect.gen(function* () {
    yield* sql.onDialectOrElse({
      pg: () => sql`LOCK TABLE webhooks IN SHARE MODE`,
      orElse: () => Effect.void
    })
    const sending = yield* sendAll(trial, burst)
    const isMet = yield* sql.onDialectOrElse({ pg: () => untilLocked(sql), orElse: () => untilDumb(relay) })
    yield* Effect.flatMap(Random.nextIntBetween(0, 100), Effect.sleep)
    yield* relay.kill
    yield* Fiber.await(sending)
    return { burst, isMet }
  })
  return yield* sql.withTransaction(kill)
})

/** Until an insert waits for the lock. */
const untilLocked = (sql: SqlClient.SqlClient) =>
  sql`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'webhooks'::regclass AND mode = 'RowExclusiveLock'`.pipe(
    Effect.repeat({ until: ({ length }) => length > 0 }),
    Effect.timeoutOption("1500 millis"),
    Effect.map(Option.isSome)
  )

/** Until the relay answers nobody: a statement of SQLite that waits for the lock holds up the whole process. */
const untilDumb = ({ url }: RelayProcess) =>
  HttpClient.get(`${url}/healthz`).pipe(
    Effect.flatMap(({ text }) => text),
    Effect.timeoutOption("200 millis"),
    Effect.repeat({ until: Option.isNone, times: 100 }),
    Effect.match({ onSuccess: Option.isNone, onFailure: () => false })
  )

/** As soon as the store shows one of them, the relay is stopped; if an answer is still owed then, it is killed. */
const reachCommit: Reaching = Effect.fnUntraced(function* (trial, relay) {
  const tries = 100
  for (let attempt = 1; ; attempt++) {
    const burst = yield* someParcels(trial)
    const before = yield* Stored.count
    yield* relay.signal("SIGSTOP")
    const sending = yield* sendAll(trial, burst)
    // Until the requests are in the kernel, all together.
    yield* Effect.sleep("30 millis")
    yield* relay.signal("SIGCONT")
    yield* Effect.timeoutOption(
      Effect.repeat(Stored.count, { until: (count) => count > before }),
      "5 seconds"
    )
    yield* relay.signal("SIGSTOP")
    // What it had answered arrives.
    yield* Effect.sleep("50 millis")
    const kept = new Set((yield* Stored.webhooks).map(keyOf))
    const isOwed = burst.some((parcel) => kept.has(keyOf(parcel)) && !trial.isAcknowledged(parcel))
    if (isOwed || attempt === tries) {
      yield* relay.kill
      yield* Fiber.await(sending)
      return { burst, isMet: isOwed }
    }
    yield* relay.signal("SIGCONT")
    yield* Fiber.await(sending)
  }
})

/** The upstream has invited somebody and keeps its answer to itself. */
const reachUpstream: Reaching = Effect.fnUntraced(function* (trial, relay) {
  const burst = yield* someParcels(trial)
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
