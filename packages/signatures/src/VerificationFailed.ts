import { Schema } from "effect"

/**
 * Why a delivery was refused.
 *
 * - `MissingHeader`: the signature, token or timestamp is missing.
 * - `MalformedHeader`: it is present and can't be parsed.
 * - `NoSecretMatches`: it was parsed, and no valid secret gives this signature for these bytes.
 * - `TooOld`, `FromFuture`: the signature is right, and its time is out of tolerance by this machine's clock.
 * - `UnsupportedVersion`: the signature has a version that this scheme or these secrets can't verify.
 * - `MissingUrl`: the scheme verifies the URL, and the delivery has none or a relative one. A mistake in the receiving program.
 * - `NotRawBody`: the body is not bytes but, for example, parsed JSON. A mistake in the receiving program.
 * - `UnreadableEncoding`: the body can't be decompressed. Receivers report it, not `Verifier`.
 *
 * @category errors
 */
export const Reason = Schema.Literals([
  "MissingHeader",
  "MalformedHeader",
  "NoSecretMatches",
  "TooOld",
  "FromFuture",
  "UnsupportedVersion",
  "MissingUrl",
  "NotRawBody",
  "UnreadableEncoding"
])

/**
 * Why a delivery was refused, as one word.
 *
 * @category errors
 */
export type Reason = typeof Reason.Type

/**
 * A refused delivery. Its message says what to check, and holds nothing of the secret, the signature or the body.
 *
 * @category errors
 */
export class VerificationFailed extends Schema.TaggedError<VerificationFailed>(
  "@usher/signatures/VerificationFailed"
)("VerificationFailed", {
  /** The kind of refusal. */
  reason: Reason,
  /** The header concerned, in lower case. */
  header: Schema.optionalKey(Schema.String),
  /** For `TooOld` the age, for `FromFuture` the time ahead, in whole seconds. */
  skewSeconds: Schema.optionalKey(Schema.Int),
  /** What to check, for the operator of the receiver. */
  message: Schema.String
}) {}
