/**
 * Counts invitations by their new status: after a call, at expiry, for an unknown Live, or when a person is forgotten.
 */
import { Effect } from "effect"
import { FinishedStatus, type InvitationStatus } from "@usher/model/Invitation"
import { counter, series } from "../runtime/series.ts"

const outcomes = counter("usher_invitations_total", "Invitations by new status; pending ones are retried")

export const ending = Effect.map(
  series(outcomes, "spot", "status"),
  (add) => (spot: string, status: InvitationStatus, count: number) => {
    if (count > 0) add(count, spot, status)
  }
)

export type Ended = Effect.Success<typeof ending>

/** Starts each series of a Spot at zero, or its first increase would be invisible. */
export const begin = Effect.map(series(outcomes, "spot", "status"), (add) => (spot: string): void => {
  for (const status of ["pending", ...FinishedStatus.literals]) add(0, spot, status)
})
