/** Errors of `@usher/core` as those of this package. */
import type { InviteError as Core } from "@usher/core"
import { Duration } from "effect"
import * as Ours from "../../InviteError.ts"

/** The error for a refusal of one member. */
export const toRejection = (error: Core.MalformedPayload | Core.PayloadTooLarge | Core.UnexpectedStatus) => {
  switch (error._tag) {
    case "MalformedPayload":
      return new Ours.MalformedPayloadError(error.message, { ...about(error), reason: error.reason })
    case "PayloadTooLarge":
      return new Ours.PayloadTooLargeError(error.message, about(error))
    case "UnexpectedStatus":
      return new Ours.UnexpectedStatusError(error.message, { ...about(error), status: error.status })
  }
}

export const toUnavailable = (error: Core.UpstreamUnavailable) =>
  new Ours.UpstreamUnavailableError(error.message, {
    ...about(error),
    ...waiting(error),
    reason: error.reason,
    mayHaveArrived: error.mayHaveArrived,
    status: error.status,
    systemCode: error.code
  })

export const toUndecodable = (error: Core.UndecodableAnswer) =>
  new Ours.UndecodableAnswerError(error.message, {
    ...about(error),
    status: error.status,
    issue: error.issue
  })

/** The same error in the class of this package. */
export const toError = (error: Core.InviteError): Ours.InviteError => {
  switch (error._tag) {
    case "AlreadyInvited":
      return new Ours.AlreadyInvitedError(error.message, { liveId: error.liveId })
    case "Unauthorized":
      return new Ours.UnauthorizedError(error.message, { ...about(error), status: error.status })
    case "LiveNotFound":
      return new Ours.LiveNotFoundError(error.message, about(error))
    case "RateLimited":
      return new Ours.RateLimitedError(error.message, { ...about(error), ...waiting(error) })
    case "UpstreamUnavailable":
      return toUnavailable(error)
    case "UndecodableAnswer":
      return toUndecodable(error)
    default:
      return toRejection(error)
  }
}

const about = ({ liveId, answer }: Exclude<Core.InviteError, Core.AlreadyInvited>) => ({ liveId, answer })

const waiting = ({ retryAfter }: Core.RateLimited | Core.UpstreamUnavailable) => ({
  retryAfter: retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
})
