/** Stops hammering an upstream that does not answer: after some failures in a row, one call now and then. */
import { Duration, Effect, Exit, Schedule, Stream } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { InviteError } from "@usher/core"
import type { Result } from "../ports/Settling.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { circuitKeys } from "./circuitKeys.ts"
import { leading } from "./leadershipMetrics.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import type { Spot } from "./Spots.ts"

/** In a row, of calls that no answer came to. */
const failures = 10

/** Then 5 seconds without a call, 10, 20, 40, and a minute each time from then on. */
const pauses = Schedule.min([Schedule.exponential("5 seconds"), Schedule.spaced("1 minute")])

/** While a circuit is open, an operator who resumes its Spot is noticed this soon. */
const glance = Duration.seconds(2)

/** How many calls of a Spot may begin; or, if none may, for how long it is to rest. */
export type Admission =
  | { readonly _tag: "Calls"; readonly most: number }
  | { readonly _tag: "Rest"; readonly duration: Duration.Duration }

export const breaking = Effect.gen(function* () {
  const breaker = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failures),
    openDuration: pauses,
    // Each Spot has a bound of its own.
    maxOpenDuration: Duration.infinity
  })
  const control = yield* SpotControl
  const metrics = yield* leading
  const { keyOf, spotOf, renew } = circuitKeys()
  /** Spots whose open circuit is in the database. */
  const stored = new Set<string>()
  /** Spots whose open circuit was logged, and whose first probe is not. */
  const announced = new Set<string>()

  const store = (spot: string, open: Duration.Duration | null) =>
    control
      .setCircuit(spot, open)
      .pipe(
        Effect.andThen(Effect.sync(() => (open === null ? stored.delete(spot) : stored.add(spot)))),
        Effect.ignore({ log: "Debug" })
      )

  /** One line for each change of state: further probes that fail change nothing. */
  const tell = Effect.fnUntraced(function* (transition: CircuitBreaker.Transition) {
    const { key, from, to } = transition
    const spot = spotOf(key)
    if (spot === undefined) return
    metrics.circuit(spot, to)
    switch (to) {
      case "Open": {
        yield* store(spot, transition.retryAfter)
        const pause = Duration.format(transition.retryAfter)
        const said = `Spot ${spot}: the upstream does not answer, no call for ${pause}`
        if (from === "HalfOpen") return yield* Effect.logDebug(said)
        announced.add(spot)
        return yield* Effect.logWarning(said)
      }
      case "HalfOpen": {
        const said = `Spot ${spot}: probing whether the upstream answers again`
        return yield* announced.delete(spot) ? Effect.logInfo(said) : Effect.logDebug(said)
      }
      case "Closed":
        yield* store(spot, null)
        return yield* Effect.logInfo(`Spot ${spot}: the upstream answers again`)
    }
  })
  yield* Effect.forkScoped(Stream.runForEach(breaker.transitions, tell), { startImmediately: true })

  /** What the circuit knew is forgotten: calls go on. */
  const reset = (spot: string) =>
    Effect.sync(() => {
      renew(spot)
      stored.delete(spot)
      announced.delete(spot)
      metrics.circuit(spot, "Closed")
    })

  const stateOf = (spot: string) => Effect.orDie(breaker.state(keyOf(spot)))

  return {
    /** Of so many for which there is capacity; `isIdle` if no call is under way. */
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

    /** Sleeps for a part of the time that is left, or until an operator has resumed the Spot. */
    rest: Effect.fnUntraced(function* (spot: string, duration: Duration.Duration) {
      yield* Effect.sleep(Duration.min(duration, glance))
      if (!stored.has(spot)) return
      const isOpen = yield* Effect.orElseSucceed(control.isCircuitOpen(spot), () => true)
      if (isOpen) return
      yield* reset(spot)
      yield* Effect.logInfo(`Spot ${spot} resumed`)
    }),

    /**
     * Undefined when the circuit has opened since the call was claimed: it was not made. If it `tellsNothing`, no answer
     * to it is no sign of an outage.
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

    /** While this relay leads the Spot. */
    leading: ({ name }: Spot) =>
      Effect.acquireRelease(
        Effect.gen(function* () {
          const { _tag } = yield* stateOf(name)
          metrics.leads(name, _tag)
          // What a relay stored that led before says nothing of this one's circuit.
          if (_tag === "Closed") yield* store(name, null)
          yield* Effect.logInfo(`Spot ${name}: this relay acquired leadership`)
        }),
        () => {
          metrics.leadsNot(name)
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

/** Where no answer is a member's doing. */
const answersOnly =
  (policy: RetryPolicy.RetryPolicy) =>
  (exit: Exit.Exit<ReadonlyArray<Result>>): CircuitBreaker.Outcome => {
    const outcome = classifying(policy)(exit)
    return outcome._tag === "Failure" ? CircuitBreaker.ignored : outcome
  }
