/** The answers that hold many participants: of a bulk call, and of a page. */
import { type Duration, Effect, Result, Schema } from "effect"
import { memberKey } from "../Invitation.ts"
import { type ListError, PayloadTooLarge, type UndecodableAnswer } from "../InviteError.ts"
import { Participant, ParticipantPage } from "../Participant.ts"
import {
  type BulkRefusal,
  cutOff,
  decode,
  isPage,
  isSuccess,
  looksLikeHtml,
  notTheApi,
  refused,
  refusedInvitation,
  type Response,
  tooLong,
  undecodable
} from "./answer.ts"
import { readText } from "./readText.ts"
import { excerpt, oneLine } from "./redact.ts"

const decodePage = Schema.decodeUnknownResult(ParticipantPage)
const decodeElements = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Schema.Unknown)))
const decodeElement = Schema.decodeUnknownResult(Participant)
const Identity = Schema.Struct({
  spotMemberId: Schema.optionalKey(Schema.String),
  spotMemberEmail: Schema.optionalKey(Schema.String)
})
const decodeIdentity = Schema.decodeUnknownResult(Identity)
const nobody: typeof Identity.Type = {}

/** The members that a bulk answer names, by `memberKey` of their address and by their member id. */
export type Listed = ReadonlyMap<string, Participant | UndecodableAnswer>

/**
 * The participants of a bulk call that succeeded. Each is decoded alone, so that one that can't be read costs no other. A
 * body that is too long speaks of nobody; one that is no list of participants is not the API's.
 */
export const readListed =
  (liveId: string, maxBytes: number) =>
  (response: Response, retryAfter?: Duration.Duration): Effect.Effect<Listed, BulkRefusal> => {
    const { status } = response
    return Effect.matchEffect(readText(response, maxBytes), {
      onFailure: () => Effect.fail(cutOff(liveId, status)),
      onSuccess: (read): Effect.Effect<Listed, BulkRefusal> => {
        const { text, isTooLong } = read
        if (!isSuccess(status)) {
          return Effect.fail(
            status === 413
              ? new PayloadTooLarge({ liveId, ...excerpt(text) })
              : refusedInvitation(liveId, response, read, retryAfter)
          )
        }
        if (isTooLong) return Effect.succeed<Listed>(new Map())
        const found = isPage(response, text) ? undefined : listed(liveId, status, text)
        return found === undefined ? Effect.fail(notTheApi(liveId, response, text)) : Effect.succeed(found)
      }
    })
  }

/** Undefined where it is no list, or names nobody though it has elements. */
const listed = (liveId: string, status: number, text: string): Listed | undefined => {
  const found = new Map<string, Participant | UndecodableAnswer>()
  const elements = decodeElements(text)
  if (elements._tag === "None") return
  for (const [index, element] of elements.value.entries()) {
    const identity = Result.getOrElse(decodeIdentity(element), () => nobody)
    const value = Result.getOrElse(decodeElement(element), (error) =>
      undecodable(liveId, status, `at [${index}]: ${oneLine(error)}`)
    )
    if (identity.spotMemberId !== undefined) found.set(identity.spotMemberId, value)
    if (identity.spotMemberEmail !== undefined) found.set(memberKey(identity.spotMemberEmail), value)
  }
  return found.size === 0 && elements.value.length > 0 ? undefined : found
}

/** One page of a list. */
export const readPage =
  (liveId: string, maxBytes: number) =>
  (response: Response, retryAfter?: Duration.Duration): Effect.Effect<ParticipantPage, ListError> => {
    const { status } = response
    return Effect.matchEffect(readText(response, maxBytes), {
      onFailure: () => Effect.fail(cutOff(liveId, status)),
      onSuccess: (read): Effect.Effect<ParticipantPage, ListError> => {
        const { text, isTooLong } = read
        if (!isSuccess(status)) return Effect.fail(refused(liveId, response, read, retryAfter))
        if (looksLikeHtml(text)) return Effect.fail(notTheApi(liveId, response, text))
        return isTooLong
          ? Effect.fail(undecodable(liveId, status, tooLong(maxBytes), text))
          : decode(liveId, status, text, decodePage)
      }
    })
  }
