/** Every scheme compiles to one synchronous function from a delivery and the time to a verdict. */
import { DateTime, Duration, Option, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Verified } from "../Verified.ts"
import { type Reason, VerificationFailed } from "../VerificationFailed.ts"
import { isBytes, mistakeOf } from "./rawBody.ts"

export type Check = (delivery: Delivery, now: number) => Result.Result<Verified, VerificationFailed>

/** A secret with the key that its scheme needs. `expiresAt` is in milliseconds, `Infinity` if it never expires. */
export interface Prepared<Key> {
  readonly name: string
  readonly expiresAt: number
  readonly key: Key
}

export const failure = (
  reason: Reason,
  message: string,
  header?: string
): Result.Result<never, VerificationFailed> =>
  Result.fail(
    new VerificationFailed(header === undefined ? { reason, message } : { reason, message, header })
  )

export const missing = (header: string) =>
  failure(
    "MissingHeader",
    `the header ${header} is missing: is this really the sender, and does a proxy strip headers on the way?`,
    header
  )

export const malformed = (header: string, expected: string) =>
  failure("MalformedHeader", `the header ${header} cannot be read: expected ${expected}`, header)

/** Why no secret gives the signature, for a scheme that signs the URL too. */
export const orOtherUrl =
  "gives this signature: it is another secret or another public URL, or the body changed on the way"

export const noMatch = <Key>(
  prepared: ReadonlyArray<Prepared<Key>>,
  now: number,
  header?: string,
  what = "gives this signature: it is another secret, or the body changed on the way"
) => {
  const current = prepared.filter((secret) => secret.expiresAt > now)
  if (current.length === 0) {
    return failure(
      "NoSecretMatches",
      "every configured secret has expired: set the one the sender uses now",
      header
    )
  }
  const names = current.map((secret) => secret.name).join(", ")
  return failure("NoSecretMatches", `no current secret (${names}) ${what}`, header)
}

export const matched = (scheme: string, secret: string): Result.Result<Verified, VerificationFailed> =>
  Result.succeed({ scheme, secret, signedAt: Option.none() })

// Digits only: `Number("1e9")`, `Number(" 1 ")` and `Number("")` are not timestamps. At most as many as a date before 2286
// has: with no separator after a signed text, one more digit would be moved over from that text.
const digits = { seconds: /^\d{1,10}$/, milliseconds: /^\d{1,13}$/ }
export type Unit = keyof typeof digits

export const isTimestamp = (text: string, unit: Unit): boolean => digits[unit].test(text)

/** Describes the expected time for a message, and names a usual mistake. */
export const expectedTime = (text: string | undefined, unit: Unit): string =>
  unit === "seconds" && text !== undefined && /^\d{13}$/.test(text)
    ? "whole seconds since 1970, in digits; these 13 digits are milliseconds"
    : `whole ${unit} since 1970, in digits`

/** The maximum number of signatures that are tried for one request, over all its headers. */
export const maxSignatures = 8

/** A right signature with a wrong time explains more than a wrong signature, which explains more than an unreadable header. */
const weight = ({ reason }: VerificationFailed): number =>
  reason === "TooOld" || reason === "FromFuture" ? 2 : reason === "NoSecretMatches" ? 1 : 0

/** Of two refusals of one delivery, the one that explains more; the first of equals. */
export const tellingMore = (
  before: VerificationFailed | undefined,
  failed: VerificationFailed
): VerificationFailed => (before === undefined || weight(failed) > weight(before) ? failed : before)

export interface Freshness {
  readonly unit: Unit
  /** In milliseconds. `Infinity` if any time passes. */
  readonly tolerance: number
  readonly future: "reject" | "accept"
}

export const toleranceMillis = (tolerance: Duration.Duration | undefined): number =>
  tolerance === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(tolerance)

/** Accepts a right signature whose time is within the tolerance. */
export const judgeTime = (
  freshness: Freshness,
  timestamp: string,
  now: number,
  header: string,
  verified: Omit<Verified, "signedAt">
): Result.Result<Verified, VerificationFailed> => {
  const signedAt = Number(timestamp) * (freshness.unit === "seconds" ? 1000 : 1)
  const age = now - signedAt
  if (age > freshness.tolerance) return tooFar("TooOld", age, freshness.tolerance, header)
  if (-age > freshness.tolerance && freshness.future === "reject") {
    return tooFar("FromFuture", -age, freshness.tolerance, header)
  }
  return Result.succeed({ ...verified, signedAt: Option.some(DateTime.makeUnsafe(signedAt)) })
}

const tooFar = (reason: "TooOld" | "FromFuture", skew: number, tolerance: number, header: string) => {
  const skewSeconds = Math.ceil(skew / 1000)
  const allowed = `${tolerance / 1000} s are allowed`
  const message =
    reason === "TooOld"
      ? `signed ${skewSeconds} s ago and ${allowed}: this machine's clock is fast, or the delivery waited or is a replay`
      : `signed ${skewSeconds} s in the future and ${allowed}: this machine's clock is slow, or the sender's is fast`
  return Result.fail(new VerificationFailed({ reason, message, header, skewSeconds }))
}

/**
 * A check that never throws. It refuses a delivery on which the check throws, such as JSON that is nested too deeply, and names
 * mistakes of the receiving program. `withoutUrl` gives the refusal of a delivery whose URL is missing.
 */
export const total =
  (check: Check, withoutUrl?: (delivery: Delivery) => ReturnType<Check> | undefined): Check =>
  (delivery, now) => {
    const body: unknown = delivery?.body
    if (!(body instanceof Uint8Array || isBytes(body))) return failure("NotRawBody", mistakeOf(body))
    try {
      const verdict = withoutUrl?.(delivery) ?? check(delivery, now)
      return Result.isFailure(verdict) ? Result.fail(hinted(verdict.failure, delivery)) : verdict
    } catch {
      return failure(
        "MalformedHeader",
        "the delivery can't be read: its body or a header is not of the sender's shape"
      )
    }
  }

/** A header may seem missing because its name is in capitals. */
const hinted = (failed: VerificationFailed, { headers }: Delivery): VerificationFailed => {
  const isOff =
    typeof headers["get"] === "function" || Object.keys(headers).some((name) => /[A-Z]/.test(name))
  if (failed.reason !== "MissingHeader" || !isOff) return failed
  return new VerificationFailed({
    ...failed,
    message: `${failed.message} The headers of the delivery are not an object with lower-case names: build it with Delivery.make.`
  })
}
