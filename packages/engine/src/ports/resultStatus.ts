/** The upstream's answer to a call, derived from the results in it. */
import type { Array } from "effect"
import { type InviteError, Participant } from "@usher/core"
import type { Outcome, Result } from "./Settling.ts"

export const errorOf = (result: Result): InviteError.InviteError | null =>
  result === "Unlisted" || result instanceof Participant.Participant ? null : result

/** The HTTP status of a call. Null if there was no response. */
export const statusOfCall = (outcomes: Array.NonEmptyReadonlyArray<Outcome>): number | null =>
  outcomes.length > 1 ? statusOfBulk(outcomes) : statusOf(outcomes[0].result)

/** A successful bulk call is a 200. A failed one has the same error for every member. */
const statusOfBulk = (outcomes: ReadonlyArray<Outcome>): number | null => {
  const error = outcomes.map(({ result }) => errorOf(result)).find((error) => error !== null)
  return error === undefined || error._tag === "UndecodableAnswer" ? 200 : statusOf(error)
}

const statusOf = (result: Result): number | null => {
  if (result === "Unlisted") return 200
  if (result instanceof Participant.Participant) return 201
  switch (result._tag) {
    case "AlreadyInvited":
      return 200
    case "MalformedPayload":
      return result.reason === "Refused" ? 400 : null
    case "LiveNotFound":
      return 404
    case "PayloadTooLarge":
      return 413
    case "RateLimited":
      return 429
    default:
      return result.status ?? null
  }
}
