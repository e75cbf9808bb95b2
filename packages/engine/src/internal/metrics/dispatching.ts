/** What is counted of calls to the upstream, and of the invitations in them, by Spot. */
import { DateTime, Duration, Effect } from "effect"
import type { Outcome, Result } from "../../Dispatch.ts"
import { counter, patient, quick, seconds, series } from "./series.ts"

const attempts = counter(
  "usher_attempts_total",
  "Calls to the upstream, by what came of the first invitation in them"
)
const calls = seconds("usher_attempt_seconds", "How long a call to the upstream took", quick)
const outcomes = counter(
  "usher_invitations_total",
  "Invitations that were settled; pending ones are tried again"
)
const waits = seconds(
  "usher_invitation_seconds",
  "From when an invitation was asked for until the upstream had it",
  patient
)

interface Called {
  readonly spot: string
  readonly duration: Duration.Duration
  readonly outcomes: ReadonlyArray<Outcome>
  /** Of each, whether it was ours still. */
  readonly held: ReadonlyArray<boolean>
  readonly now: DateTime.Utc
}

export const dispatching = Effect.gen(function* () {
  const addAttempt = yield* series(attempts, "spot", "result")
  const addCall = yield* series(calls, "spot")
  const addOutcome = yield* series(outcomes, "spot", "status")
  const addWait = yield* series(waits, "spot")
  return {
    called: ({ spot, duration, outcomes, held, now }: Called) => {
      const [first] = outcomes
      if (first !== undefined) addAttempt(1, spot, resultOf(first.result))
      addCall(Duration.toSeconds(duration), spot)
      for (const [index, { claim, next }] of outcomes.entries()) {
        if (held[index] !== true) continue
        addOutcome(1, spot, next.status)
        if (next.status === "invited" || next.status === "already_invited") {
          addWait(Duration.toSeconds(DateTime.distance(claim.askedAt, now)), spot)
        }
      }
    }
  }
})

const resultOf = (result: Result): string =>
  typeof result === "string" ? result : "_tag" in result ? result._tag : "Invited"
