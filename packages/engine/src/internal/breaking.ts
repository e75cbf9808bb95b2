/** Stops hammering an upstream that does not answer: after some failures in a row, one call now and then. */
import { Duration, Effect, Exit, Schedule, Stream } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { InviteError } from "@usher/core"
import type { Result } from "../Dispatch.ts"
import { leading } from "./metrics/leading.ts"

/** In a row, of calls that no answer came to. */
const failures = 10

/** Then 5 seconds without a call, 10, 20, 40, and a minute each time from then on. */
const pauses = Schedule.min([Schedule.exponential("5 seconds"), Schedule.spaced("1 minute")])

/** How many calls of a Spot may begin; or, if none may, for how long it is to rest. */
export type Admission =
  | { readonly _tag: "Calls"; readonly most: number }
  | { readonly _tag: "Rest"; readonly duration: Duration.Duration }

export const breaking = Effect.gen(function* () {
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failures),
    openDuration: pauses
  })
  const metrics = yield* leading

  const tell = Effect.fnUntraced(function* (transition: CircuitBreaker.Transition) {
    const { key: spot, to } = transition
    metrics.circuit(spot, to)
    switch (to) {
      case "Open": {
        const pause = Duration.format(transition.retryAfter)
        return yield* Effect.logWarning(`Spot ${spot}: the upstream does not answer, no call for ${pause}`)
      }
      case "HalfOpen":
        return yield* Effect.logInfo(`Spot ${spot}: one call finds out whether the upstream answers again`)
      case "Closed":
        return yield* Effect.logInfo(`Spot ${spot}: the upstream answers again`)
    }
  })
  yield* Effect.forkScoped(Stream.runForEach(breaker.transitions, tell), { startImmediately: true })

  return {
    /** Of so many for which there is capacity; `isIdle` if no call is under way. */
    admits: (spot: string, free: number, isIdle: boolean): Effect.Effect<Admission> =>
      breaker.state(spot).pipe(
        Effect.orDie,
        Effect.map((state): Admission => {
          switch (state._tag) {
            case "Closed":
              return { _tag: "Calls", most: free }
            case "Open":
              return Duration.isZero(state.retryAfter)
                ? { _tag: "Calls", most: isIdle ? 1 : 0 }
                : { _tag: "Rest", duration: state.retryAfter }
            case "HalfOpen":
              return { _tag: "Calls", most: isIdle ? 1 : 0 }
          }
        })
      ),

    /**
     * Undefined when the circuit has opened since the call was claimed: it was not made. If it `tellsNothing`, no answer
     * to it is no sign of an outage.
     */
    guard: <R>(spot: string, call: Effect.Effect<ReadonlyArray<Result>, never, R>, tellsNothing: boolean) =>
      call.pipe(
        breaker.execute({ key: spot, classify: tellsNothing ? answersOnly : classify }),
        Effect.catchTag("CircuitBreakerError", () => Effect.undefined)
      ),

    isClosed: (spot: string): Effect.Effect<boolean> =>
      breaker.state(spot).pipe(
        Effect.orDie,
        Effect.map(({ _tag }) => _tag === "Closed")
      ),

    /** While this relay leads the Spot. */
    leading: (spot: string) =>
      Effect.acquireRelease(
        Effect.gen(function* () {
          const { _tag } = yield* Effect.orDie(breaker.state(spot))
          metrics.leads(spot, _tag)
          yield* Effect.logInfo(`Spot ${spot}: this relay sends for it`)
        }),
        () => {
          metrics.leadsNot(spot)
          return Effect.logInfo(`Spot ${spot}: this relay sends for it no more`)
        }
      )
  }
})

const classify = (exit: Exit.Exit<ReadonlyArray<Result>>): CircuitBreaker.Outcome => {
  const [result] = Exit.isSuccess(exit) ? exit.value : []
  if (result instanceof InviteError.UpstreamUnavailable) {
    const retryAfter = InviteError.retryAfter(result)
    return CircuitBreaker.failure(retryAfter === undefined ? {} : { retryAfter })
  }
  return result instanceof InviteError.RateLimited || result === undefined
    ? CircuitBreaker.ignored
    : CircuitBreaker.success
}

/** Where no answer is a member's doing. */
const answersOnly = (exit: Exit.Exit<ReadonlyArray<Result>>): CircuitBreaker.Outcome => {
  const outcome = classify(exit)
  return outcome._tag === "Failure" ? CircuitBreaker.ignored : outcome
}
