/**
 * Answers of calls that the database could not take. They are kept in memory and retried until they are stored; while one
 * is kept, this relay does not claim its invitations. They outlive the lead of a Spot, and end with the process.
 */
import { type Cause, Clock, Duration, Effect, Latch, Random } from "effect"
import type { Call } from "../ports/Claiming.ts"
import { gauge, series } from "../runtime/series.ts"
import { supervise } from "../runtime/supervise.ts"
import { ofCause, Troubles } from "../runtime/Troubles.ts"

/** The answer of a call. */
export interface Answered {
  readonly spot: string
  readonly claims: Call["claims"]
  /** May be repeated. */
  readonly store: Effect.Effect<unknown, unknown>
}

/** In milliseconds: the wait before a retry, doubled each time that no answer could be stored. */
const backoff = { first: 100, cap: 5_000 }

/** Invitations of a Spot whose answers are kept, at most: with more, nothing is claimed. */
const maxKept = 1_000

/** The trouble that begins with the first answer that is kept, and is over when all are stored. */
const what = "Storing answers that were kept"

const unstored = gauge(
  "usher_unstored_answers",
  "Calls whose answers the database could not take; they are kept in memory and retried"
)

/** Ends with its scope, which waits for what is kept until the grace is over. */
export const keeping = Effect.fnUntraced(function* (grace: Duration.Input) {
  const troubles = yield* Troubles
  const setUnstored = yield* series(unstored, "spot")
  const kept: Array<Answered> = []
  const count = (spot: string) => setUnstored(kept.filter((one) => one.spot === spot).length, spot)
  const some = yield* Latch.make()
  const none = yield* Latch.make(true)
  const stopping = yield* Latch.make()
  let stopsAt: number | undefined
  let wait = backoff.first

  const failed = (cause: Cause.Cause<unknown>) =>
    troubles.failed({
      what,
      message: `The result of a call can't be stored. The relay keeps it in memory and retries: ${ofCause(what, cause).message}`,
      over: "Every answer that was kept in memory is stored now",
      level: "Warn"
    })

  const keep = (answered: Answered, cause: Cause.Cause<unknown>) =>
    Effect.suspend(() => {
      kept.push(answered)
      count(answered.spot)
      some.openUnsafe()
      none.closeUnsafe()
      if (kept.length === 1) wait = backoff.first
      return failed(cause)
    })

  const rest = Effect.gen(function* () {
    const chance = yield* Random.next
    const isStopping = stopsAt !== undefined
    const pause = Effect.sleep(Math.ceil((isStopping ? backoff.first : wait) * (0.5 + chance / 2)))
    wait = Math.min(backoff.cap, wait * 2)
    yield* isStopping ? pause : Effect.raceFirst(pause, stopping.await)
  })

  /** One after the other, so that one that can't be stored at all holds up no other. */
  const retry = Effect.gen(function* () {
    yield* some.await
    yield* rest
    while (kept[0] !== undefined) {
      const answered = kept[0]
      const exit = yield* Effect.exit(answered.store)
      kept.shift()
      if (exit._tag === "Failure") {
        kept.push(answered)
        yield* failed(exit.cause)
        yield* rest
        continue
      }
      count(answered.spot)
      wait = backoff.first
    }
    some.closeUnsafe()
    none.openUnsafe()
  })

  /** The end has begun: what is waited for from now on ends with one grace. */
  const stop = Effect.map(Clock.currentTimeMillis, (now) => {
    stopsAt = now + Duration.toMillis(Duration.fromInputUnsafe(grace))
  })

  const idsOf = (spot: string): ReadonlyArray<string> =>
    kept.length === 0
      ? []
      : kept.filter((one) => one.spot === spot).flatMap(({ claims }) => claims.map(({ id }) => id))

  yield* Effect.forkScoped(supervise(what, retry))
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      if (kept.length === 0) return
      if (stopsAt === undefined) yield* stop
      stopping.openUnsafe()
      const left = Math.max(backoff.first, (stopsAt ?? 0) - (yield* Clock.currentTimeMillis))
      yield* Effect.timeoutOption(Effect.interruptible(none.await), left)
      if (kept.length > 0)
        yield* Effect.logError(
          `${counted(kept)} are lost: the database did not store them before the relay stopped`
        )
    })
  )

  return {
    /** Stores the answer, now or as soon as the database takes it. */
    store: (answered: Answered): Effect.Effect<void> =>
      Effect.catchCause(Effect.asVoid(answered.store), (cause) => keep(answered, cause)),
    /** Shows in the metrics how many of a Spot are kept. */
    count,
    /** The invitations of a Spot whose answers are kept. */
    idsOf,
    /** Whether so many are kept that nothing more is to be claimed. */
    isFull: (spot: string): boolean => idsOf(spot).length > maxKept,
    /** The process ends: the grace begins, if it has not begun yet. */
    stopping: Effect.suspend(() => (stopsAt === undefined ? stop : Effect.void))
  }
})

export type Keeper = Effect.Success<ReturnType<typeof keeping>>

const counted = (kept: ReadonlyArray<Answered>) => {
  const invitations = kept.reduce((sum, { claims }) => sum + claims.length, 0)
  return `The answers of ${plural(kept.length, "call")} (${plural(invitations, "invitation")})`
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`
