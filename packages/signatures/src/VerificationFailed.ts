import { Schema } from "effect"

/**
 * Why a delivery was refused.
 *
 * - `MissingHeader`: what carries the signature, token or timestamp is not there.
 * - `MalformedHeader`: it is there and cannot be read.
 * - `NoSecretMatches`: it was read, and no live secret gives that signature for these bytes.
 * - `TooOld`, `FromFuture`: the signature is right, and its time is out of tolerance by this machine's clock.
 * - `UnsupportedVersion`: signed with a version that this scheme or these secrets cannot verify.
 * - `MissingUrl`: the scheme verifies the URL, and the delivery has none or a relative one. A mistake in the receiving program.
 * - `NotRawBody`: the body is no bytes but, for example, parsed JSON. A mistake in the receiving program.
 * - `UnreadableEncoding`: its Content-Encoding can't be undone, so its body can't be read. Given by receivers, not by `Verifier`.
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
 * A refused delivery. Its message says what to look at, and holds nothing of the secret, the signature or the body.
 *
 * @category errors
 */
export class VerificationFailed extends Schema.TaggedError<VerificationFailed>(
  "@usher/signatures/VerificationFailed"
)("VerificationFailed", {
  /** The kind of refusal. */
  reason: Reason,
  /** The header in question, lower case. */
  header: Schema.optionalKey(Schema.String),
  /** For `TooOld` the age, for `FromFuture` the lead, in whole seconds. */
  skewSeconds: Schema.optionalKey(Schema.Int),
  /** What to look at, for the person who runs the receiver. */
  message: Schema.String
}) {}
