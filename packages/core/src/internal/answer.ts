/**
 * The upstream's answers, mapped onto the domain: the one place that knows its statuses. A body is read to its end, so
 * that its connection is free again, or up to a limit, where the connection is closed.
 */
import { ByteSize, type Duration, Effect, Result, Schema } from "effect"
import type { HttpClientResponse } from "effect/http"
import {
  AlreadyInvited,
  type InviteError,
  LiveNotFound,
  MalformedPayload,
  PayloadTooLarge,
  RateLimited,
  Unauthorized,
  UndecodableAnswer,
  UnexpectedStatus,
  UpstreamUnavailable
} from "../InviteError.ts"
import { Participant } from "../Participant.ts"
import { readText, type Text } from "./readText.ts"
import { excerpt, oneLine } from "./redact.ts"

export type Response = HttpClientResponse.HttpClientResponse

const decodeParticipant = Schema.decodeUnknownResult(Participant)
const decodeUnparsable = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Never))

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

/**
 * The body of any call that succeeded. `refusal` says what another status stands for: `refused` for a call without a
 * body, `refusedInvitation` for one with a body.
 */
export const readBody =
  <A, E>(
    subject: string,
    maxBytes: number,
    decoder: (text: string) => Effect.Effect<A, Schema.SchemaError>,
    refusal: (subject: string, response: Response, read: Text, retryAfter?: Duration.Duration) => E
  ) =>
  (
    response: Response,
    retryAfter?: Duration.Duration
  ): Effect.Effect<A, E | UndecodableAnswer | UpstreamUnavailable> => {
    const { status } = response
    return Effect.matchEffect(readText(response, maxBytes), {
      onFailure: () => Effect.fail(cutOff(subject, status)),
      onSuccess: (read): Effect.Effect<A, E | UndecodableAnswer | UpstreamUnavailable> => {
        const { text, isTooLong } = read
        if (!isSuccess(status)) return Effect.fail(refusal(subject, response, read, retryAfter))
        if (isPage(response, text)) return Effect.fail(notTheApi(subject, response, text))
        return isTooLong
          ? Effect.fail(undecodable(subject, status, tooLong(maxBytes), text))
          : Effect.mapError(decoder(text), (error) =>
              undecodable(subject, status, text === "" ? "the body is empty" : oneLine(error), text)
            )
      }
    })
  }

export const isSuccess = (status: number) => status >= 200 && status < 300

export const decode = <A>(
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

export const undecodable = (liveId: string, status: number, issue: string, text = "") =>
  new UndecodableAnswer({ liveId, status, issue, ...excerpt(text) })

export const tooLong = (maxBytes: number) =>
  `the body is longer than ${ByteSize.format(ByteSize.bytes(maxBytes))}`

export const cutOff = (liveId: string, status: number) =>
  new UpstreamUnavailable({ liveId, reason: "Disconnected", mayHaveArrived: true, status })

export const notTheApi = (liveId: string, { status }: Response, text: string) =>
  new UpstreamUnavailable({ liveId, reason: "NotTheApi", mayHaveArrived: true, status, ...excerpt(text) })

export const looksLikeHtml = (text: string) => /^\s*</.test(text)

/** A client that follows redirects turns the POST into a GET of something else, whose 200 says nothing of ours. */
export const isPage = (response: Response, text: string) =>
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
export type Refusal = LiveNotFound | RateLimited | Unauthorized | UnexpectedStatus | UpstreamUnavailable

/** What only an invitation can be refused for. */
export type BulkRefusal = Refusal | MalformedPayload | PayloadTooLarge

/** A 400, a 413 and a 422 are about the body. */
export const refusedInvitation = (
  liveId: string,
  response: Response,
  read: Text,
  retryAfter?: Duration.Duration
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

/** What any call can be refused for. */
export const refused = (
  liveId: string,
  response: Response,
  read: Text,
  retryAfter?: Duration.Duration
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
