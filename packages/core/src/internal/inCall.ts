/** The failure of a call that concerns no Live: readers of answers put the call where the Live stands. */
import * as CallError from "../CallError.ts"
import type * as InviteError from "../InviteError.ts"
import type { BulkRefusal, Refusal } from "./answer.ts"

/** Of a call without a body. */
export const inRead = (
  error: Refusal | InviteError.MalformedPayload | InviteError.UndecodableAnswer
): CallError.ReadError => {
  const about = { call: error.liveId, ...answerOf(error) }
  switch (error._tag) {
    case "MalformedPayload":
      return new CallError.MalformedPayload({ ...about, reason: error.reason })
    case "LiveNotFound":
      return new CallError.ResourceNotFound(about)
    case "RateLimited":
      return new CallError.RateLimited({ ...about, ...retryAfterOf(error) })
    case "Unauthorized":
      return new CallError.Unauthorized({ ...about, status: error.status })
    case "UndecodableAnswer":
      return new CallError.UndecodableAnswer({ ...about, status: error.status, issue: error.issue })
    case "UnexpectedStatus":
      return new CallError.UnexpectedStatus({ ...about, status: error.status })
    case "UpstreamUnavailable":
      return new CallError.UpstreamUnavailable({
        ...about,
        ...retryAfterOf(error),
        ...(error.status === undefined ? {} : { status: error.status }),
        ...(error.code === undefined ? {} : { code: error.code }),
        reason: error.reason,
        mayHaveArrived: error.mayHaveArrived
      })
  }
}

/** Of a call with a body. */
export const inWrite = (error: BulkRefusal | InviteError.UndecodableAnswer): CallError.CallError => {
  if (error._tag !== "PayloadTooLarge") return inRead(error)
  return new CallError.PayloadTooLarge({ call: error.liveId, ...answerOf(error) })
}

const answerOf = ({ answer }: { readonly answer?: string | undefined }) =>
  answer === undefined ? {} : { answer }

const retryAfterOf = ({ retryAfter }: Pick<InviteError.RateLimited, "retryAfter">) =>
  retryAfter === undefined ? {} : { retryAfter }
