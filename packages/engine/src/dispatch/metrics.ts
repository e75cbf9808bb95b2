/** Metrics of upstream calls and their invitations, by Spot. */
import { type Array, DateTime, Duration, Effect } from "effect"
import { statusOfCall } from "../ports/resultStatus.ts"
import type { Outcome, Result } from "../ports/Settling.ts"
import { counter, patient, quick, seconds, series } from "../runtime/series.ts"
import { begin as beginEnding, ending } from "./terminalCounts.ts"

const attempts = counter(
  "usher_attempts_total",
  "Calls to MeltingSpot, by response status and by the result of their first invitation"
)
const calls = seconds("usher_attempt_seconds", "Duration of calls to MeltingSpot", quick)
const waits = seconds(
  "usher_invitation_seconds",
  "From the receipt of a webhook, or the request of a replay, until MeltingSpot had the invitation",
  patient
)

interface Called {
  readonly spot: string
  readonly duration: Duration.Duration
  readonly outcomes: Array.NonEmptyReadonlyArray<Outcome>
  /** For each outcome, whether its lease was still held. */
  readonly held: ReadonlyArray<boolean>
  readonly now: DateTime.Utc
}

export const dispatching = Effect.gen(function* () {
  const addAttempt = yield* series(attempts, "spot", "status", "result")
  const addCall = yield* series(calls, "spot")
  const ended = yield* ending
  const addWait = yield* series(waits, "spot")
  return {
    called: ({ spot, duration, outcomes, held, now }: Called) => {
      addAttempt(1, spot, statusLabel(statusOfCall(outcomes)), resultOf(outcomes[0].result))
      addCall(Duration.toSeconds(duration), spot)
      for (const [index, { claim, next }] of outcomes.entries()) {
        if (held[index] !== true) continue
        ended(spot, next.status, 1)
        if (next.status === "invited" || next.status === "already_invited") {
          addWait(Duration.toSeconds(DateTime.distance(claim.receivedAt, now)), spot)
        }
      }
    }
  }
})

/** The usual results of a call, and the failures of an upstream that does not answer. */
const firstAttempts = [
  ["201", "Invited"],
  ["200", "AlreadyInvited"],
  ["none", "UpstreamUnavailable"],
  ["500", "UpstreamUnavailable"],
  ["502", "UpstreamUnavailable"],
  ["503", "UpstreamUnavailable"],
  ["504", "UpstreamUnavailable"]
] as const

/** Starts series of a Spot at zero, or their first increase would be invisible. */
export const begin = Effect.gen(function* () {
  const addAttempt = yield* series(attempts, "spot", "status", "result")
  const beginTerminal = yield* beginEnding
  return (spot: string): void => {
    for (const [status, result] of firstAttempts) addAttempt(0, spot, status, result)
    beginTerminal(spot)
  }
})

/** The statuses that MeltingSpot or a proxy before it is known to send. */
const statuses = new Set([200, 201, 400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 504])

/** Bounded, whatever the server sends. */
const statusLabel = (status: number | null): string => {
  if (status === null) return "none"
  return statuses.has(status) ? `${status}` : `${Math.trunc(status / 100)}xx`
}

const resultOf = (result: Result): string =>
  typeof result === "string" ? result : "_tag" in result ? result._tag : "Invited"
