/** Reads answers with many participants: those of a bulk call, and of one page of a list. */
import { Effect, Result, Schema } from "effect"
import { memberKey } from "../Invitation.ts"
import { type ListError, PayloadTooLarge, type UndecodableAnswer } from "../InviteError.ts"
import { Participant, ParticipantPage } from "../Participant.ts"
import {
  type BulkRefusal,
  decode,
  isPage,
  looksLikeHtml,
  notTheApi,
  readSuccess,
  type Refuse,
  refused,
  refusedInvitation,
  tooLong,
  undecodable
} from "./answer.ts"
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

/** The participants of a bulk answer, by `memberKey` of their address and by member id. */
export type Listed = ReadonlyMap<string, Participant | UndecodableAnswer>

/** Several times the size of a participant. */
const bytesPerMember = 4_096

/**
 * Reads the participants of a bulk call for so many members. Each is decoded alone, so that one that can't be read affects
 * no other. A body that is too long counts as an empty list; a body that is no list of participants is not the API's.
 */
export const readListed = (liveId: string, maxAnswer: number, members: number) =>
  readSuccess(
    liveId,
    maxAnswer + bytesPerMember * members,
    (response, { text, isTooLong }): Effect.Effect<Listed, BulkRefusal> => {
      if (isTooLong) return Effect.succeed<Listed>(new Map())
      const found = isPage(response, text) ? undefined : listed(liveId, response.status, text)
      return found === undefined ? Effect.fail(notTheApi(liveId, response, text)) : Effect.succeed(found)
    },
    refusedBulk
  )

/** A 413 is about the size, also when a proxy answers it. */
const refusedBulk: Refuse<BulkRefusal> = (liveId, response, read, retryAfter) =>
  response.status === 413
    ? new PayloadTooLarge({ liveId, ...excerpt(read.text) })
    : refusedInvitation(liveId, response, read, retryAfter)

/** `undefined` if the text is no list, or if none of its elements names a member. */
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

/** Reads one page of a list. */
export const readPage = (liveId: string, maxBytes: number) =>
  readSuccess(
    liveId,
    maxBytes,
    (response, { text, isTooLong }): Effect.Effect<ParticipantPage, ListError> => {
      if (looksLikeHtml(text)) return Effect.fail(notTheApi(liveId, response, text))
      return isTooLong
        ? Effect.fail(undecodable(liveId, response.status, tooLong(maxBytes), text))
        : decode(liveId, response.status, text, decodePage)
    },
    refused
  )
