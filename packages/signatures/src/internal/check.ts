/** What every scheme compiles to: one synchronous function from a delivery and the time to a verdict. */
import { DateTime, Duration, Option, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Verified } from "../Verified.ts"
import { type Reason, VerificationFailed } from "../VerificationFailed.ts"
import { isBytes, mistakeOf } from "./rawBody.ts"

export type Check = (delivery: Delivery, now: number) => Result.Result<Verified, VerificationFailed>

/** A secret made ready for its scheme. `expiresAt` is in milliseconds, `Infinity` when it never ends. */
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

/** Why no secret gives a signature, where the URL is signed too. */
export const orOtherUrl =
  "gives this signature: it is another secret or another public URL, or the body changed on the way"

export const noMatch = <Key>(
  prepared: ReadonlyArray<Prepared<Key>>,
  now: number,
  header?: string,
  what = "gives this signature: it is another secret, or the body changed on the way"
) => {
  const live = prepared.filter((secret) => secret.expiresAt > now)
  if (live.length === 0) {
    return failure(
      "NoSecretMatches",
      "every configured secret has expired: set the one the sender uses now",
      header
    )
  }
  const names = live.map((secret) => secret.name).join(", ")
  return failure("NoSecretMatches", `no live secret (${names}) ${what}`, header)
}

export const matched = (scheme: string, secret: string): Result.Result<Verified, VerificationFailed> =>
  Result.succeed({ scheme, secret, signedAt: Option.none() })

// Digits only: `Number("1e9")`, `Number(" 1 ")` and `Number("")` are not timestamps. No more of them than a date before
// 2286 has: where nothing stands between a signed text and the time, a digit more would be one moved over from the text.
const digits = { seconds: /^\d{1,10}$/, milliseconds: /^\d{1,13}$/ }
export type Unit = keyof typeof digits

export const isTimestamp = (text: string, unit: Unit): boolean => digits[unit].test(text)

/** What a time has to be, for a message; a usual mistake is named. */
export const expectedTime = (text: string | undefined, unit: Unit): string =>
  unit === "seconds" && text !== undefined && /^\d{13}$/.test(text)
    ? "whole seconds since 1970, in digits; these 13 digits are milliseconds"
    : `whole ${unit} since 1970, in digits`

/** Signatures that are tried for one request, over all its headers. */
export const maxSignatures = 8

/** A right signature with a wrong time says more than no signature, and that more than a header that can't be read. */
const weight = ({ reason }: VerificationFailed): number =>
  reason === "TooOld" || reason === "FromFuture" ? 2 : reason === "NoSecretMatches" ? 1 : 0

/** Of several refusals of one delivery, the one that says most; the first of equals. */
export const tellingMore = (
  before: VerificationFailed | undefined,
  failed: VerificationFailed
): VerificationFailed => (before === undefined || weight(failed) > weight(before) ? failed : before)

export interface Freshness {
  readonly unit: Unit
  /** Milliseconds; `Infinity` when the time is not judged. */
  readonly tolerance: number
  readonly future: "reject" | "accept"
}

export const toleranceMillis = (tolerance: Duration.Duration | undefined): number =>
  tolerance === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(tolerance)

/** A `DateTime` costs a tenth of a verification, so it is made when somebody looks. */
class Signed implements Verified {
  readonly scheme: string
  readonly secret: string
  declare readonly deliveryId?: string
  readonly #millis: number
  constructor(scheme: string, secret: string, millis: number, deliveryId: string | undefined) {
    this.scheme = scheme
    this.secret = secret
    this.#millis = millis
    if (deliveryId !== undefined) this.deliveryId = deliveryId
  }
  get signedAt(): Option.Option<DateTime.Utc> {
    return Option.some(DateTime.makeUnsafe(this.#millis))
  }
}

/** The verdict on a right signature: is its time near enough to this machine's? */
export const judgeTime = (
  freshness: Freshness,
  timestamp: string,
  now: number,
  verified: {
    readonly scheme: string
    readonly secret: string
    readonly header: string
    readonly deliveryId?: string
  }
): Result.Result<Verified, VerificationFailed> => {
  const signedAt = Number(timestamp) * (freshness.unit === "seconds" ? 1000 : 1)
  const age = now - signedAt
  if (age > freshness.tolerance) return tooFar("TooOld", age, freshness.tolerance, verified.header)
  if (-age > freshness.tolerance && freshness.future === "reject") {
    return tooFar("FromFuture", -age, freshness.tolerance, verified.header)
  }
  return Result.succeed(new Signed(verified.scheme, verified.secret, signedAt, verified.deliveryId))
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
 * A check that never throws. It refuses a stranger's bytes over which the check throws, such as JSON that is nested too deeply,
 * and names what the receiving program does wrong. `withoutUrl` gives the refusal of a delivery whose URL is missing.
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

/** A header that is there under a name in capitals is not missing. */
const hinted = (failed: VerificationFailed, { headers }: Delivery): VerificationFailed => {
  const isOff =
    typeof headers["get"] === "function" || Object.keys(headers).some((name) => /[A-Z]/.test(name))
  if (failed.reason !== "MissingHeader" || !isOff) return failed
  return new VerificationFailed({
    ...failed,
    message: `${failed.message} The delivery's headers are no object with names in lower case: build it with Delivery.make.`
  })
}
