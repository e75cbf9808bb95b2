/**
 * Keeps answers of calls that the database did not take, in memory, and retries until they are stored. Meanwhile this
 * relay does not claim their invitations. Kept answers survive a loss of leadership, and end with the process.
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
  /** Safe to repeat. */
  readonly store: Effect.Effect<unknown, unknown>
}

/** In milliseconds: the wait before a retry. It doubles while no answer can be stored. */
const backoff = { first: 100, cap: 5_000 }

/** The maximum number of invitations of a Spot whose answers are kept. With more, the relay claims nothing. */
const maxKept = 1_000

/** The trouble starts with the first kept answer, and ends when all are stored. */
const what = "Storing answers that were kept"

const unstored = gauge(
  "usher_unstored_answers",
  "Calls whose answers the database could not take; they are kept in memory and retried"
)

/** When its scope closes, it waits for kept answers until the grace period ends. */
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
      over: "All answers kept in memory are stored",
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

  /** One after the other, so that an answer that can't be stored does not block the others. */
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

  /** Starts the grace period, once for everything that waits. */
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
    /** Stores the answer now, or as soon as the database takes it. */
    store: (answered: Answered): Effect.Effect<void> =>
      Effect.catchCause(Effect.asVoid(answered.store), (cause) => keep(answered, cause)),
    /** Updates the metric of a Spot. */
    count,
    /** The invitations of a Spot whose answers are kept. */
    idsOf,
    /** Whether too many answers are kept to claim more. */
    isFull: (spot: string): boolean => idsOf(spot).length > maxKept,
    /** The process is stopping: starts the grace period, unless it has started. */
    stopping: Effect.suspend(() => (stopsAt === undefined ? stop : Effect.void))
  }
})

export type Keeper = Effect.Success<ReturnType<typeof keeping>>

const counted = (kept: ReadonlyArray<Answered>) => {
  const invitations = kept.reduce((sum, { claims }) => sum + claims.length, 0)
  return `The answers of ${plural(kept.length, "call")} (${plural(invitations, "invitation")})`
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`
