/** The upstream's answer, mapped onto the domain's errors: the one place that knows its statuses. */
import { Clock, type Duration, Effect, Result, Schema } from "effect"
import { Headers, type HttpClientError, type HttpClientResponse } from "effect/http"
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

const decodeParticipant = Schema.decodeUnknownEffect(Schema.fromJsonString(Participant))

/** What is kept of an answer: one line, 300 characters, no address. */
export const excerpt = (text: string): { readonly answer?: string } => {
  const answer = text
    .slice(0, 4096)
    .replaceAll(/[^\s"'<>(),;:=]+(?:@|%40)[^\s"'<>(),;:=]+/g, "[address]")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 300)
  return answer === "" ? {} : { answer }
}

/** A schema's complaint on one line; it never shows the value. */
export const oneLine = (error: Schema.SchemaError): string => error.message.replaceAll(/\s*\n\s*/g, " ")

const retryAfter = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<{ readonly retryAfter?: Duration.Duration }> => {
  const header = response.headers["retry-after"]
  const parsed = header === undefined ? undefined : Headers.parseRetryAfter(header)
  return parsed === undefined || Result.isFailure(parsed)
    ? Effect.succeed({})
    : Effect.map(Clock.currentTimeMillis, (now) => ({
        retryAfter: Headers.retryAfterDelay(parsed.success, now)
      }))
}

const looksLikeHtml = (text: string) => /^\s*</.test(text)

/** One participant, or the error that the status and the body stand for. Always reads the body, so that the connection is free again. */
export const decodeAnswer = (
  liveId: string,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Participant, InviteError> => {
  const { status } = response
  return Effect.matchEffect(response.text, {
    onFailure: (): Effect.Effect<never, InviteError> =>
      Effect.fail(
        status > 200 && status < 300
          ? new UndecodableAnswer({ liveId, status, issue: "the body was cut off" })
          : new UpstreamUnavailable({ liveId, reason: "Disconnected", mayHaveArrived: true, status })
      ),
    onSuccess: (text): Effect.Effect<Participant, InviteError> => {
      if (status === 201) {
        if (text === "")
          return Effect.fail(new UndecodableAnswer({ liveId, status, issue: "the body is empty" }))
        return Effect.mapError(
          decodeParticipant(text),
          (error) => new UndecodableAnswer({ liveId, status, issue: oneLine(error), ...excerpt(text) })
        )
      }
      return Effect.flatMap(refusal(liveId, response, text), Effect.fail)
    }
  })
}

const refusal = Effect.fnUntraced(function* (
  liveId: string,
  response: HttpClientResponse.HttpClientResponse,
  text: string
): Effect.fn.Return<InviteError> {
  const { status } = response
  const about = { liveId, ...excerpt(text) }
  const unavailable = { ...about, mayHaveArrived: true, status, ...(yield* retryAfter(response)) }
  switch (status) {
    case 200:
      return looksLikeHtml(text)
        ? new UpstreamUnavailable({ ...unavailable, reason: "NotTheApi" })
        : new AlreadyInvited({ liveId })
    case 400:
    case 422:
      return new MalformedPayload({ ...about, reason: "Refused" })
    case 401:
    case 403:
      return new Unauthorized({ ...about, status })
    case 404:
      return new LiveNotFound(about)
    case 413:
      return new PayloadTooLarge(about)
    case 429:
      return new RateLimited({ ...about, ...(yield* retryAfter(response)) })
    case 408:
    case 425:
      return new UpstreamUnavailable({ ...unavailable, reason: "ServerError" })
  }
  if (status >= 500) return new UpstreamUnavailable({ ...unavailable, reason: "ServerError" })
  if (status >= 400) return new UnexpectedStatus({ ...about, status })
  if (status >= 300) return new UpstreamUnavailable({ ...unavailable, reason: "NotTheApi" })
  return new UndecodableAnswer({ ...about, status, issue: `the contract has no status ${status}` })
})

/** Causes that say that no connection was made, by Node's and undici's codes. */
const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

const hasUnreachableCode = (cause: unknown): boolean =>
  typeof cause === "object" &&
  cause !== null &&
  (("code" in cause && typeof cause.code === "string" && unreachable.has(cause.code)) ||
    ("cause" in cause && hasUnreachableCode(cause.cause)) ||
    ("errors" in cause && Array.isArray(cause.errors) && cause.errors.every(hasUnreachableCode)))

/** No answer at all: whether the request may have arrived decides what a caller may conclude. */
export const fromClientError = (liveId: string, error: HttpClientError.HttpClientError): InviteError =>
  error.reason._tag === "TransportError" && !hasUnreachableCode(error.reason.cause)
    ? new UpstreamUnavailable({ liveId, reason: "Disconnected", mayHaveArrived: true })
    : new UpstreamUnavailable({ liveId, reason: "Unreachable", mayHaveArrived: false })
