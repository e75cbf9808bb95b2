import { DateTime, Redacted, Schema } from "effect"
import { mistakeOf } from "./internal/secretMistake.ts"

/**
 * One secret shared with a sender. Several may be valid at the same time, so that a secret can be replaced without losing a
 * delivery: add the new one, and set `expiresAt` on the old one.
 *
 * @category models
 */
export interface Secret extends Options {
  /** The text that the sender shows. */
  readonly value: Redacted.Redacted<string>
}

/**
 * A secret as a verifier accepts it: a text is a secret that never expires.
 *
 * @category models
 */
export type Input = string | Redacted.Redacted<string> | Secret

/**
 * Options of a secret.
 *
 * @category models
 */
export interface Options {
  /** When the secret expires: from then on it verifies nothing. Default: never. */
  readonly expiresAt?: DateTime.Utc | undefined
  /** The name of the secret in reports and errors. Default: "#1", "#2", … by its place in the list. */
  readonly label?: string | undefined
}

/**
 * Makes a secret from its text. Throws `InvalidSecret` if the text is `undefined` or not a string, as when a setting is missing.
 * Its form is checked when a verifier is built.
 *
 * **Example** (A secret that expires)
 *
 * ```ts
 * import { DateTime } from "effect"
 * import { Secret } from "@usher/signatures"
 *
 * const expiresAt = DateTime.makeUnsafe("2099-01-01T00:00:00Z")
 * const secret = Secret.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", { label: "old", expiresAt })
 * console.log(Secret.nameOf(secret, 0), Secret.isLive(secret, Date.now())) // old true
 * ```
 *
 * @category constructors
 */
export const make = (value: string | Redacted.Redacted<string>, options?: Options): Secret => {
  const secret: Secret = { value: typeof value === "string" ? Redacted.make(value) : value, ...options }
  const wrong = mistakeOf(secret)
  if (wrong === undefined) return secret
  throw new InvalidSecret({ secret: options?.label ?? "(no label)", reason: wrong })
}

/**
 * The name of a secret in a list: its label or its place, never its value.
 *
 * @category accessors
 */
export const nameOf = (secret: Secret, index: number): string => secret.label ?? `#${index + 1}`

/**
 * Whether a secret is valid at this time, in milliseconds since the epoch.
 *
 * @category predicates
 */
export const isLive = (secret: Secret, now: number): boolean =>
  secret.expiresAt === undefined || DateTime.toEpochMillis(secret.expiresAt) > now

/**
 * A secret that can never verify anything. It is refused when the verifier is built, not on the first delivery.
 *
 * @category errors
 */
export class InvalidSecret extends Schema.TaggedError<InvalidSecret>("@usher/signatures/InvalidSecret")(
  "InvalidSecret",
  {
    /** Its label, or its place such as "#1". */
    secret: Schema.String,
    /** What is wrong with it. */
    reason: Schema.Literals([
      "Missing",
      "Undefined",
      "NotText",
      "ExpiryNotATime",
      "Empty",
      "SurroundingWhitespace",
      "NotBase64",
      "NotHex",
      "NotAKey",
      "PrivateKey",
      "NotUserAndPassword"
    ])
  }
) {
  /** What is wrong and what to do, without the secret. */
  override get message() {
    return `secret ${this.secret}: ${explanations[this.reason]}`
  }
}

const explanations = {
  Missing: "none is configured, and this scheme needs at least one",
  Undefined: "it is undefined: is the setting or environment variable that holds it set?",
  NotText: "it is neither a string nor a Redacted string: give the text that the sender shows",
  ExpiryNotATime: 'its expiresAt is not a DateTime: give DateTime.makeUnsafe("2030-01-01T00:00:00Z")',
  Empty: "it is empty",
  SurroundingWhitespace:
    "it begins or ends with white space, most often the newline of the file it was read from",
  NotBase64: "after its prefix it has to be base64, as the sender shows it; copy it whole",
  NotHex: "this scheme expects pairs of hex digits",
  NotAKey: "a whpk_ key has to be the base64 of exactly 32 bytes",
  PrivateKey: "this is the sender's private key (whsk_); verify with the public one (whpk_)",
  NotUserAndPassword: "basic authentication needs user:password"
}
