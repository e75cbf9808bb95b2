/** The circuit breaker of each Spot: after several consecutive failures, it allows only a probe now and then. */
import { Duration, Effect, Exit, Schedule, Stream } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { InviteError } from "@usher/core"
import type { Result } from "../ports/Settling.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { circuitKeys } from "./circuitKeys.ts"
import { leadershipMetrics } from "./leadershipMetrics.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import type { Spot } from "./Spots.ts"

/** Consecutive calls without a response that open the circuit. */
const failures = 10

/** How long the circuit stays open: 5 seconds, 10, 20, 40, and then a minute each time. */
const pauses = Schedule.min([Schedule.exponential("5 seconds"), Schedule.spaced("1 minute")])

/** How often an open circuit checks whether an operator has resumed the Spot. */
const glance = Duration.seconds(2)

/** How many calls of a Spot may start. If none may, how long to wait. */
export type Admission =
  | { readonly _tag: "Calls"; readonly most: number }
  | { readonly _tag: "Rest"; readonly duration: Duration.Duration }

export const breaking = Effect.gen(function* () {
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failures),
    openDuration: pauses,
    // Each Spot has its own limit.
    maxOpenDuration: Duration.infinity
  })
  const control = yield* SpotControl
  const metrics = yield* leadershipMetrics
  const { keyOf, spotOf, renew } = circuitKeys()
  /** Spots whose open circuit is stored in the database. */
  const stored = new Set<string>()
  /** Spots whose open circuit was logged, and whose first probe was not. */
  const announced = new Set<string>()

  const store = (spot: string, open: Duration.Duration | null) =>
    control
      .setCircuit(spot, open)
      .pipe(
        Effect.andThen(Effect.sync(() => (open === null ? stored.delete(spot) : stored.add(spot)))),
        Effect.ignore({ log: "Debug" })
      )

  /** Logs one line for each change of state. Further failing probes change nothing. */
  const logTransition = Effect.fnUntraced(function* (transition: CircuitBreaker.Transition) {
    const { key, from, to } = transition
    const spot = spotOf(key)
    if (spot === undefined) return
    metrics.circuit(spot, to)
    switch (to) {
      case "Open": {
        yield* store(spot, transition.retryAfter)
        const pause = Duration.format(transition.retryAfter)
        const said = `Spot ${spot}: MeltingSpot does not answer, no call for ${pause}`
        if (from === "HalfOpen") return yield* Effect.logDebug(said)
        announced.add(spot)
        return yield* Effect.logWarning(said)
      }
      case "HalfOpen": {
        const said = `Spot ${spot}: probing whether MeltingSpot answers again`
        return yield* announced.delete(spot) ? Effect.logInfo(said) : Effect.logDebug(said)
      }
      case "Closed":
        yield* store(spot, null)
        return yield* Effect.logInfo(`Spot ${spot}: MeltingSpot answers again`)
    }
  })
  yield* Effect.forkScoped(Stream.runForEach(breaker.transitions, logTransition), { startImmediately: true })

  /** Replaces the circuit, so that calls continue. */
  const reset = (spot: string) =>
    Effect.sync(() => {
      renew(spot)
      stored.delete(spot)
      announced.delete(spot)
      metrics.circuit(spot, "Closed")
    })

  const stateOf = (spot: string) => Effect.orDie(breaker.state(keyOf(spot)))

  return {
    /** How many of the free slots may be used. `isIdle`: no call is running. */
    admits: (spot: Spot, free: number, isIdle: boolean): Effect.Effect<Admission> =>
      Effect.map(stateOf(spot.name), (state): Admission => {
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
      }),

    /** Sleeps for part of the remaining time, or until an operator has resumed the Spot. */
    rest: Effect.fnUntraced(function* (spot: string, duration: Duration.Duration) {
      yield* Effect.sleep(Duration.min(duration, glance))
      if (!stored.has(spot)) return
      const isOpen = yield* Effect.orElseSucceed(control.isCircuitOpen(spot), () => true)
      if (isOpen) return
      yield* reset(spot)
      yield* Effect.logInfo(`Spot ${spot} resumed`)
    }),

    /**
     * Makes the call, or returns undefined if the circuit has opened since the claim. With `tellsNothing`, a missing
     * response does not count as a failure.
     */
    guard: <R>(
      { name, retry }: Spot,
      call: Effect.Effect<ReadonlyArray<Result>, never, R>,
      tellsNothing: boolean
    ) =>
      call.pipe(
        breaker.execute({
          key: keyOf(name),
          classify: tellsNothing ? answersOnly(retry) : classifying(retry)
        }),
        Effect.catchTag("CircuitBreakerError", () => Effect.undefined)
      ),

    isClosed: (spot: string): Effect.Effect<boolean> =>
      Effect.map(stateOf(spot), ({ _tag }) => _tag === "Closed"),

    /** Runs while this relay leads the Spot. */
    leading: ({ name }: Spot) =>
      Effect.acquireRelease(
        Effect.gen(function* () {
          const { _tag } = yield* stateOf(name)
          metrics.acquired(name, _tag)
          // The state that an earlier leader stored does not apply to this relay's circuit.
          if (_tag === "Closed") yield* store(name, null)
          yield* Effect.logInfo(`Spot ${name}: this relay acquired leadership`)
        }),
        () => {
          metrics.lost(name)
          return Effect.logInfo(`Spot ${name}: this relay lost leadership`)
        }
      )
  }
})

const classifying =
  (policy: RetryPolicy.RetryPolicy) =>
  (exit: Exit.Exit<ReadonlyArray<Result>>): CircuitBreaker.Outcome => {
    const [result] = Exit.isSuccess(exit) ? exit.value : []
    if (result instanceof InviteError.UpstreamUnavailable) {
      const retryAfter = RetryPolicy.bounded(policy, InviteError.retryAfter(result))
      return CircuitBreaker.failure(retryAfter === undefined ? {} : { retryAfter })
    }
    return result instanceof InviteError.RateLimited || result === undefined
      ? CircuitBreaker.ignored
      : CircuitBreaker.success
  }

/** Counts no failure, because a member may cause a missing response. */
const answersOnly =
  (policy: RetryPolicy.RetryPolicy) =>
  (exit: Exit.Exit<ReadonlyArray<Result>>): CircuitBreaker.Outcome => {
    const outcome = classifying(policy)(exit)
    return outcome._tag === "Failure" ? CircuitBreaker.ignored : outcome
  }
