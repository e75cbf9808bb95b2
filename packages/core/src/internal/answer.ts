/**
 * The upstream's answers, mapped onto the domain: the one place that knows its statuses. A body is read to its end, so
 * that its connection is free again, or up to a limit, where the connection is closed.
 */
import { ByteSize, type Duration, Effect, Result, Schema } from "effect"
import type { HttpClientResponse } from "effect/http"
import { memberKey } from "../Invitation.ts"
import {
  AlreadyInvited,
  type InviteError,
  LiveNotFound,
  type ListError,
  MalformedPayload,
  PayloadTooLarge,
  RateLimited,
  Unauthorized,
  UndecodableAnswer,
  UnexpectedStatus,
  UpstreamUnavailable
} from "../InviteError.ts"
import { Participant, ParticipantPage } from "../Participant.ts"
import { readText, type Text } from "./readText.ts"
import { excerpt, oneLine } from "./redact.ts"

type Response = HttpClientResponse.HttpClientResponse

const decodeParticipant = Schema.decodeUnknownResult(Participant)
const decodePage = Schema.decodeUnknownResult(ParticipantPage)
const decodeUnparsable = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Never))
const decodeElements = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Schema.Unknown)))
const decodeElement = Schema.decodeUnknownResult(Participant)
const Identity = Schema.Struct({
  spotMemberId: Schema.optionalKey(Schema.String),
  spotMemberEmail: Schema.optionalKey(Schema.String)
})
const decodeIdentity = Schema.decodeUnknownResult(Identity)
const nobody: typeof Identity.Type = {}

/** The participant of a `201`, or the error that the status and the body stand for. */
export const readInvited =
  (liveId: string, maxBytes: number) =>
  (response: Response, retryAfter?: Duration.Duration): Effect.Effect<Participant, InviteError> => {
    const { status } = response
    return Effect.matchEffect(readText(response, maxBytes), {
      onFailure: () =>
        Effect.fail(
          status === 200 || !isSuccess(status)
            ? cutOff(liveId, status)
            : undecodable(liveId, status, "the body was cut off")
        ),
      onSuccess: (read): Effect.Effect<Participant, InviteError> => {
        const { text, isTooLong } = read
        if (status === 201) {
          return isTooLong
            ? Effect.fail(undecodable(liveId, status, tooLong(maxBytes), text))
            : decode(liveId, status, text, decodeParticipant)
        }
        if (!isSuccess(status)) return Effect.fail(refusedInvitation(liveId, response, read, retryAfter))
        if (status !== 200) {
          return Effect.fail(undecodable(liveId, status, `the contract has no status ${status}`, text))
        }
        return Effect.fail(
          isTooLong || isPage(response, text)
            ? notTheApi(liveId, response, text)
            : new AlreadyInvited({ liveId })
        )
      }
    })
  }

/** Whom a bulk call's answer speaks of, by `memberKey` of their address and by their member id. */
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

const isSuccess = (status: number) => status >= 200 && status < 300

const decode = <A>(
  liveId: string,
  status: number,
  text: string,
  decoder: (value: unknown) => Result.Result<A, Schema.SchemaError>
): Effect.Effect<A, UndecodableAnswer> => {
  if (text === "") return Effect.fail(undecodable(liveId, status, "the body is empty"))
  return Result.match(parsed(text, decoder), {
    onFailure: (error) => Effect.fail(undecodable(liveId, status, oneLine(error), text)),
    onSuccess: Effect.succeed
  })
}

/** `Schema.fromJsonString` costs more than the parsing; it only words what is wrong. */
const parsed = <A>(text: string, decoder: (value: unknown) => Result.Result<A, Schema.SchemaError>) => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return decodeUnparsable(text)
  }
  return decoder(value)
}

const undecodable = (liveId: string, status: number, issue: string, text = "") =>
  new UndecodableAnswer({ liveId, status, issue, ...excerpt(text) })

const tooLong = (maxBytes: number) => `the body is longer than ${ByteSize.format(ByteSize.bytes(maxBytes))}`

const cutOff = (liveId: string, status: number) =>
  new UpstreamUnavailable({ liveId, reason: "Disconnected", mayHaveArrived: true, status })

const notTheApi = (liveId: string, { status }: Response, text: string) =>
  new UpstreamUnavailable({ liveId, reason: "NotTheApi", mayHaveArrived: true, status, ...excerpt(text) })

const looksLikeHtml = (text: string) => /^\s*</.test(text)

/** A client that follows redirects turns the POST into a GET of something else, whose 200 says nothing of ours. */
const isPage = (response: Response, text: string) =>
  looksLikeHtml(text) || (response.url !== "" && response.url !== new URL(response.request.url).href)

/**
 * Whether a 4xx is the API's own: JSON, or nothing at all, since its reference documents no body. The page or the line of
 * a proxy or a firewall refuses nobody. A 429 asks to wait whoever says it, and a 401 is often a single word.
 */
const isRefusal = ({ status, headers }: Response, { text, isTooLong }: Text): boolean => {
  if (status < 400 || status >= 500 || status === 429 || status === 408 || status === 425) return true
  const type = headers["content-type"] ?? ""
  if (text.trim() === "") return !/html/i.test(type)
  if (status === 401) return !looksLikeHtml(text)
  return isTooLong ? /json/i.test(type) || looksLikeJson(text) : isJson(text)
}

const looksLikeJson = (text: string) => /^\s*[[{"]/.test(text)

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** A number alone is a proxy's code. */
const isJson = (text: string) => looksLikeJson(text) && decodeJson(text)._tag === "Some"

/** What any call can be refused for. */
type Refusal = LiveNotFound | RateLimited | Unauthorized | UnexpectedStatus | UpstreamUnavailable

/** What only an invitation can be refused for. */
export type BulkRefusal = Refusal | MalformedPayload | PayloadTooLarge

const refusedInvitation = (
  liveId: string,
  response: Response,
  read: Text,
  retryAfter: Duration.Duration | undefined
): BulkRefusal => {
  const { text } = read
  if (!isRefusal(response, read)) return refused(liveId, response, read, retryAfter)
  switch (response.status) {
    case 400:
    case 422:
      return new MalformedPayload({ liveId, reason: "Refused", ...excerpt(text) })
    case 413:
      return new PayloadTooLarge({ liveId, ...excerpt(text) })
  }
  return refused(liveId, response, read, retryAfter)
}

const refused = (
  liveId: string,
  response: Response,
  read: Text,
  retryAfter: Duration.Duration | undefined
): Refusal => {
  const { status } = response
  const { text } = read
  if (!isRefusal(response, read)) return notTheApi(liveId, response, text)
  const about = { liveId, ...excerpt(text) }
  const waits = retryAfter === undefined ? {} : { retryAfter }
  switch (status) {
    case 401:
    case 403:
      return new Unauthorized({ ...about, status })
    case 404:
      return new LiveNotFound(about)
    // Only a proxy gives it. It says nothing of the invitation.
    case 407:
      return new UpstreamUnavailable({
        ...about,
        reason: "Unreachable",
        mayHaveArrived: false,
        code: "PROXY_407"
      })
    case 429:
      return new RateLimited({ ...about, ...waits })
  }
  if (status >= 500 || status === 408 || status === 425) {
    return new UpstreamUnavailable({
      ...about,
      ...waits,
      status,
      reason: "ServerError",
      mayHaveArrived: true
    })
  }
  return status >= 300 && status < 400
    ? notTheApi(liveId, response, text)
    : new UnexpectedStatus({ ...about, status })
}
