/** The error of a call that concerns no Live: readers of answers put the call in place of the Live. */
import * as CallError from "../CallError.ts"
import type * as InviteError from "../InviteError.ts"
import type { BulkRefusal, Refusal } from "./answer.ts"

/** The error of a call without a body. */
export const inRead = (
  error: Refusal | InviteError.MalformedPayload | InviteError.UndecodableAnswer
): CallError.ReadError => {
  switch (error._tag) {
    case "MalformedPayload":
      return new CallError.MalformedPayload(aboutCall(error))
    case "LiveNotFound":
      return new CallError.ResourceNotFound(aboutCall(error))
    case "RateLimited":
      return new CallError.RateLimited(aboutCall(error))
    case "Unauthorized":
      return new CallError.Unauthorized(aboutCall(error))
    case "UndecodableAnswer":
      return new CallError.UndecodableAnswer(aboutCall(error))
    case "UnexpectedStatus":
      return new CallError.UnexpectedStatus(aboutCall(error))
    case "UpstreamUnavailable":
      return new CallError.UpstreamUnavailable(aboutCall(error))
  }
}

/** The error of a call with a body. */
export const inWrite = (error: BulkRefusal | InviteError.UndecodableAnswer): CallError.CallError =>
  error._tag === "PayloadTooLarge" ? new CallError.PayloadTooLarge(aboutCall(error)) : inRead(error)

const aboutCall = <E extends { readonly _tag: string; readonly liveId: string }>({
  _tag,
  liveId,
  ...fields
}: E) => ({ ...fields, call: liveId })
