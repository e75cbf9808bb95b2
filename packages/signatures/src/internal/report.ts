/** The report of a diagnosis: the causes that were found, and the checks that were made. */
import { type Result, Schema } from "effect"
import type { Scheme } from "../Scheme.ts"
import type { Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import type { Verified } from "../Verified.ts"

/**
 * One cause that was found, as data and as a sentence for a person.
 *
 * - `Valid`: the delivery verifies now.
 * - `OtherSource`: it verifies with the secret of another configured source.
 * - `ExpiredSecret`: it verifies with an expired secret.
 * - `OtherSender`: it verifies with the scheme of another known sender, or at least carries its signature header.
 * - `OtherDigest`: it verifies with another algorithm, encoding or order of the signed parts.
 * - `SecretForm`: it verifies with the same secret in another form (base64, hex or text).
 * - `Reserialised`, `LineEnds`: it verifies after a change of the body is reversed.
 * - `OtherUrl`: it verifies with another form of the public URL.
 * - `OtherHeader`: it verifies with a signature or a token in a header that is not configured.
 * - `TooManySignatures`: it carries more signatures than are tried.
 * - `UrlToken`: the token holds characters that a URL changes.
 * - `Encoded`: the body has a Content-Encoding, or a proxy has removed that header.
 * - `MissingUrl`, `NotRawBody`: a mistake in the receiving program, so that nothing can be verified.
 * - `ClockOffset`: the signature is right, and only the time is out of tolerance.
 *
 * @category models
 */
export const Finding = Schema.Struct({
  /** The kind of cause. */
  finding: Schema.Literals([
    "Valid",
    "OtherSource",
    "ExpiredSecret",
    "OtherSender",
    "OtherDigest",
    "SecretForm",
    "Reserialised",
    "LineEnds",
    "OtherUrl",
    "OtherHeader",
    "TooManySignatures",
    "UrlToken",
    "Encoded",
    "MissingUrl",
    "NotRawBody",
    "ClockOffset"
  ]),
  /** The cause and what to do, for a person. */
  sentence: Schema.String,
  /** The label or place of the secret concerned. */
  secret: Schema.optionalKey(Schema.String),
  /** The other source, or the other senders. */
  source: Schema.optionalKey(Schema.String),
  /** Positive when the delivery is old, negative when it is from the future. */
  skewSeconds: Schema.optionalKey(Schema.Int)
})

/**
 * One cause that was found.
 *
 * @category models
 */
export type Finding = typeof Finding.Type

/**
 * Another configured source, whose secrets are tried.
 *
 * @category models
 */
export interface Source {
  /** Its name in findings. */
  readonly name: string
  /** The scheme of its sender. */
  readonly scheme: Scheme
  /** Its secrets. */
  readonly secrets: ReadonlyArray<Secret>
}

/**
 * A kind of cause that was checked, and the number of variants. Checks that can't apply are left out: a text body has no JSON to
 * reformat.
 *
 * @category models
 */
export const Tried = Schema.Struct({
  /** The kind of cause, as a finding names it. */
  check: Finding.fields.finding,
  /** The number of variants that were tried. */
  variants: Schema.Int
})

/**
 * A kind of cause that was checked.
 *
 * @category models
 */
export type Tried = typeof Tried.Type

/**
 * The verdict, the likely causes, and the checks that were made. Without a finding, the sender most likely uses another secret.
 *
 * @category models
 */
export interface Report {
  /** The verdict of a verifier. */
  readonly verdict: Result.Result<Verified, VerificationFailed>
  /** The likely causes, the likeliest first. */
  readonly findings: ReadonlyArray<Finding>
  /** The checks that were made. */
  readonly tried: ReadonlyArray<Tried>
  /** The checks that were skipped and why, as a sentence. Absent if none was skipped. */
  readonly untried?: string
}
