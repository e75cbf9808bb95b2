/** A call without an answer: whether the request may have arrived decides what a caller may conclude. */
import type { HttpClientError } from "effect/http"
import { UpstreamUnavailable } from "../InviteError.ts"

/** By Node's and undici's codes, what goes wrong before a connection stands. */
const beforeConnection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

/** Those of a cause, or of what it wraps: a host of several addresses has one for each. */
const codesOf = (cause: unknown): ReadonlyArray<string> => {
  if (typeof cause !== "object" || cause === null) return []
  if ("code" in cause && typeof cause.code === "string") return [cause.code]
  if ("errors" in cause && Array.isArray(cause.errors)) return cause.errors.flatMap(codesOf)
  return "cause" in cause ? codesOf(cause.cause) : []
}

export const fromClientError = (
  liveId: string,
  { reason }: HttpClientError.HttpClientError
): UpstreamUnavailable => {
  const codes = codesOf(reason.cause)
  const [code] = codes
  const named = { liveId, ...(code === undefined ? {} : { code }) }
  const isUnreachable =
    reason._tag !== "TransportError" ||
    (codes.length > 0 && codes.every((code) => beforeConnection.has(code)))
  return isUnreachable
    ? new UpstreamUnavailable({ ...named, reason: "Unreachable", mayHaveArrived: false })
    : new UpstreamUnavailable({ ...named, reason: "Disconnected", mayHaveArrived: true })
}
