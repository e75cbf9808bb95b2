/** Maps the errors of `@usher/core` to those of this package. */
import type { InviteError as Core } from "@usher/core"
import { Duration } from "effect"
import * as Ours from "../../InviteError.ts"

/** The error for a refusal of one member. */
export const toRejection = (error: Core.MalformedPayload | Core.PayloadTooLarge | Core.UnexpectedStatus) => {
  switch (error._tag) {
    case "MalformedPayload":
      return new Ours.MalformedPayloadError(error.message, detailsOf(error))
    case "PayloadTooLarge":
      return new Ours.PayloadTooLargeError(error.message, detailsOf(error))
    case "UnexpectedStatus":
      return new Ours.UnexpectedStatusError(error.message, detailsOf(error))
  }
}

export const toUnavailable = (error: Core.UpstreamUnavailable) => {
  const { code, ...details } = detailsOf(error)
  return new Ours.UpstreamUnavailableError(error.message, {
    ...details,
    ...waiting(error),
    systemCode: code
  })
}

export const toUndecodable = (error: Core.UndecodableAnswer) =>
  new Ours.UndecodableAnswerError(error.message, detailsOf(error))

/** The same error in the class of this package. */
export const toError = (error: Core.InviteError): Ours.InviteError => {
  switch (error._tag) {
    case "AlreadyInvited":
      return new Ours.AlreadyInvitedError(error.message, detailsOf(error))
    case "Unauthorized":
      return new Ours.UnauthorizedError(error.message, detailsOf(error))
    case "LiveNotFound":
      return new Ours.LiveNotFoundError(error.message, detailsOf(error))
    case "RateLimited":
      return new Ours.RateLimitedError(error.message, { ...detailsOf(error), ...waiting(error) })
    case "UpstreamUnavailable":
      return toUnavailable(error)
    case "UndecodableAnswer":
      return toUndecodable(error)
    default:
      return toRejection(error)
  }
}

/** The fields of an error, without its wait, which this package has in milliseconds. */
const detailsOf = <E extends Core.InviteError>({ _tag, retryAfter: _retryAfter, ...fields }: E) => ({
  ...fields
})

const waiting = ({ retryAfter }: Core.RateLimited | Core.UpstreamUnavailable) => ({
  retryAfter: retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
})
