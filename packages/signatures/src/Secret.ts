import { DateTime, Redacted, Schema } from "effect"

/**
 * One secret shared with a sender. Several may be live at once, so that one can be replaced without losing a
 * delivery: add the new one, set `expiresAt` on the old one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Secret {
  readonly value: Redacted.Redacted<string>
  /** From this moment on it verifies nothing. */
  readonly expiresAt?: DateTime.Utc
  /** What reports and errors call it; without one it is "#1", "#2", … by its place in the list. */
  readonly label?: string
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  value: string | Redacted.Redacted<string>,
  options?: { readonly expiresAt?: DateTime.Utc; readonly label?: string }
): Secret => ({ value: typeof value === "string" ? Redacted.make(value) : value, ...options })

/**
 * The name of a secret in a list: its label or its place, never its value.
 *
 * @category accessors
 * @since 0.1.0
 */
export const nameOf = (secret: Secret, index: number): string => secret.label ?? `#${index + 1}`

/**
 * Whether a secret may still verify at this moment (milliseconds since the epoch).
 *
 * @category predicates
 * @since 0.1.0
 */
export const isLive = (secret: Secret, now: number): boolean =>
  secret.expiresAt === undefined || DateTime.toEpochMillis(secret.expiresAt) > now

/**
 * A secret that can never verify anything. Found when the verifier is built, not on the first delivery.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidSecret extends Schema.TaggedError<InvalidSecret>()("InvalidSecret", {
  /** Label or "#1". */
  secret: Schema.String,
  reason: Schema.Literals([
    "Missing",
    "Empty",
    "SurroundingWhitespace",
    "NotBase64",
    "NotHex",
    "NotAKey",
    "PrivateKey",
    "NotUserAndPassword"
  ])
}) {
  override get message() {
    return `secret ${this.secret}: ${explanations[this.reason]}`
  }
}

const explanations = {
  Missing: "none is configured, and this scheme needs at least one",
  Empty: "it is empty",
  SurroundingWhitespace:
    "it begins or ends with white space, most often the newline of the file it was read from",
  NotBase64: "after its prefix it has to be base64, as the sender shows it; copy it whole",
  NotHex: "this scheme wants it as pairs of hex digits",
  NotAKey: "a whpk_ key has to be the base64 of exactly 32 bytes",
  PrivateKey: "this is the sender's private key (whsk_); verify with the public one (whpk_)",
  NotUserAndPassword: "basic authentication needs user:password"
}
