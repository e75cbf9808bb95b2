/** Maps a call without an answer to its error, and decides whether the request may have arrived. */
import { Predicate } from "effect"
import type { HttpClientError } from "effect/http"
import { MalformedPayload, UpstreamUnavailable } from "../InviteError.ts"
import { isBeforeRequest } from "./causes.ts"

/** The codes of a cause or of the causes that it wraps: a host with several addresses has one for each. */
const codesOf = (cause: unknown, url: string): ReadonlyArray<string> => {
  if (typeof cause !== "object" || cause === null) return []
  if (Predicate.hasProperty(cause, "name") && cause.name === "HTTPParserError") return [notHttp(cause)]
  if ("code" in cause && typeof cause.code === "string") return [exactCode(cause.code, cause, url)]
  if ("errors" in cause && Array.isArray(cause.errors))
    return cause.errors.flatMap((one) => codesOf(one, url))
  return "cause" in cause ? codesOf(cause.cause, url) : []
}

/** Makes codes with several causes more precise, by other properties of the error. */
const exactCode = (code: string, cause: object, url: string): string => {
  const message = "message" in cause && typeof cause.message === "string" ? cause.message : ""
  switch (code) {
    case "ECONNRESET":
      return message.includes("before secure TLS connection") ? "TLS_CLOSED" : code
    case "UND_ERR_SOCKET":
      return /^http:/i.test(url) && hasReadNothing(cause) ? "CLOSED_WITHOUT_ANSWER" : code
    // undici's errors for a proxy that refuses, with and without a tunnel.
    case "UND_ERR_ABORTED":
    case "UND_ERR_INVALID_ARG": {
      const [, status] = /^Proxy .*\((\d{3})\)/.exec(message) ?? []
      return status === undefined ? code : `PROXY_${status}`
    }
  }
  return code
}

/** A TLS port answers plain HTTP with a TLS alert, whose first bytes are its type and version. */
const notHttp = (cause: object): string =>
  Predicate.hasProperty(cause, "data") && String(cause.data).startsWith("\u0015\u0003")
    ? "TLS_EXPECTED"
    : "NOT_HTTP"

const hasReadNothing = (cause: object): boolean =>
  Predicate.hasProperty(cause, "socket") &&
  Predicate.hasProperty(cause.socket, "bytesRead") &&
  cause.socket.bytesRead === 0

/** The reasons why a client can't make a request. It was not sent, and a retry fails as well. */
const notMade = {
  EncodeError: "the HttpClient could not encode the request",
  InvalidUrlError: "the HttpClient made a URL of it that is not valid"
} as const

/** The error of a call that has no answer. */
export const fromClientError = (
  liveId: string,
  { reason }: HttpClientError.HttpClientError
): MalformedPayload | UpstreamUnavailable => {
  if (reason._tag === "EncodeError" || reason._tag === "InvalidUrlError") {
    return new MalformedPayload({ liveId, reason: "BeforeCall", answer: notMade[reason._tag] })
  }
  const codes = codesOf(reason.cause, reason.request.url)
  const [code] = codes
  const named = { liveId, ...(code === undefined ? {} : { code }) }
  return codes.length > 0 && codes.every(isBeforeRequest)
    ? new UpstreamUnavailable({ ...named, reason: "Unreachable", mayHaveArrived: false })
    : new UpstreamUnavailable({ ...named, reason: "Disconnected", mayHaveArrived: true })
}
