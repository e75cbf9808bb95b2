/**
 * Maps the upstream's answers onto the domain; no other module knows its statuses. A body is read to its end, so that its
 * connection can be reused, or up to a limit, at which the connection is closed.
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

/** Reads the participant of a `201`, or the error that the status and the body mean. */
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
 * Maps an answer whose status is no success: `refused` for a call without a body, `refusedInvitation` for a call with one.
 */
export type Refuse<E> = (subject: string, response: Response, read: Text, retryAfter?: Duration.Duration) => E

/** Reads an answer: `succeed` maps a 2xx, `refuse` any other status. */
export const readSuccess =
  <A, E, E2>(
    subject: string,
    maxBytes: number,
    succeed: (response: Response, read: Text) => Effect.Effect<A, E>,
    refuse: Refuse<E2>
  ) =>
  (response: Response, retryAfter?: Duration.Duration): Effect.Effect<A, E | E2 | UpstreamUnavailable> =>
    Effect.matchEffect(readText(response, maxBytes), {
      onFailure: () => Effect.fail(cutOff(subject, response.status)),
      onSuccess: (read): Effect.Effect<A, E | E2> =>
        isSuccess(response.status)
          ? succeed(response, read)
          : Effect.fail(refuse(subject, response, read, retryAfter))
    })

/** Reads the body of any call that succeeded. */
export const readBody = <A, E>(
  subject: string,
  maxBytes: number,
  decoder: (text: string) => Effect.Effect<A, Schema.SchemaError>,
  refuse: Refuse<E>
) =>
  readSuccess(
    subject,
    maxBytes,
    (response, { text, isTooLong }): Effect.Effect<A, UndecodableAnswer | UpstreamUnavailable> => {
      const { status } = response
      if (isPage(response, text)) return Effect.fail(notTheApi(subject, response, text))
      return isTooLong
        ? Effect.fail(undecodable(subject, status, tooLong(maxBytes), text))
        : Effect.mapError(decoder(text), (error) =>
            undecodable(subject, status, text === "" ? "the body is empty" : oneLine(error), text)
          )
    },
    refuse
  )

const isSuccess = (status: number) => status >= 200 && status < 300

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

/** `Schema.fromJsonString` costs more than the parsing, so it only describes text that is not JSON. */
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

const cutOff = (liveId: string, status: number) =>
  new UpstreamUnavailable({ liveId, reason: "Disconnected", mayHaveArrived: true, status })

export const notTheApi = (liveId: string, { status }: Response, text: string) =>
  new UpstreamUnavailable({ liveId, reason: "NotTheApi", mayHaveArrived: true, status, ...excerpt(text) })

export const looksLikeHtml = (text: string) => /^\s*</.test(text)

/** A client that follows redirects turns the POST into a GET of another page, whose 200 means nothing. */
export const isPage = (response: Response, text: string) =>
  looksLikeHtml(text) || (response.url !== "" && response.url !== new URL(response.request.url).href)

/**
 * Whether a 4xx is the API's own: JSON, or nothing at all, since its reference documents no body. A page or a line of text
 * is that of a proxy or a firewall. A 429 from a proxy asks to wait as well, and a 401 is often a single word.
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

/** A number alone is the code of a proxy. */
const isJson = (text: string) => looksLikeJson(text) && decodeJson(text)._tag === "Some"

/** The errors of any call that is refused. */
export type Refusal = LiveNotFound | RateLimited | Unauthorized | UnexpectedStatus | UpstreamUnavailable

/** The errors of an invitation that is refused. */
export type BulkRefusal = Refusal | MalformedPayload | PayloadTooLarge

/** Maps a refused call with a body: a 400, a 413 and a 422 concern the body. */
export const refusedInvitation = (
  liveId: string,
  response: Response,
  read: Text,
  retryAfter?: Duration.Duration
): BulkRefusal => {
  const { status } = response
  const about = { liveId, ...excerpt(read.text) }
  if (isRefusal(response, read)) {
    if (status === 400 || status === 422) return new MalformedPayload({ ...about, reason: "Refused" })
    if (status === 413) return new PayloadTooLarge(about)
  }
  return refused(liveId, response, read, retryAfter)
}

/** Maps a refused call without a body. */
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
    // Only a proxy answers it.
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
