/** What a diagnosis reports: the causes that were found, and what was tried. */
import { type Result, Schema } from "effect"
import type { Scheme } from "../Scheme.ts"
import type { Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import type { Verified } from "../Verified.ts"

/**
 * One cause that was found, as data and as a sentence for a person.
 *
 * - `Valid`: it verifies now.
 * - `OtherSource`: with the secret of another configured source.
 * - `ExpiredSecret`: with a secret that has expired.
 * - `OtherSender`: as another known sender would sign it, or at least with that one's signature header.
 * - `OtherDigest`: with another algorithm, encoding or order of the signed parts.
 * - `SecretForm`: with the same secret read another way (base64, hex or text).
 * - `Reserialised`, `LineEnds`: after undoing a change of the body.
 * - `OtherUrl`: with another form of the public URL.
 * - `OtherHeader`: with the signature in a header that the scheme does not name.
 * - `TooManySignatures`: it carries more signatures than are tried.
 * - `UrlToken`: the token holds characters that a URL changes.
 * - `Encoded`: the body has a Content-Encoding; with the body after undoing it, where that is known.
 * - `MissingUrl`, `NotRawBody`: the receiving program makes a mistake, so that nothing can be verified.
 * - `ClockOffset`: the signature is right, and only the time is out of tolerance.
 *
 * @category models
 */
export const Finding = Schema.Struct({
  /** What was found. */
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
  /** What was found and what to do, for a person. */
  sentence: Schema.String,
  /** The label or place of the secret concerned. */
  secret: Schema.optionalKey(Schema.String),
  /** The other source, or the senders whose header was found. */
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
  /** What a finding calls it. */
  readonly name: string
  /** How its sender proves a delivery. */
  readonly scheme: Scheme
  /** Its secrets. */
  readonly secrets: ReadonlyArray<Secret>
}

/**
 * A kind of cause that was looked for, and in how many variants. Nothing is told of what cannot apply: a text body has
 * no JSON to print again.
 *
 * @category models
 */
export const Tried = Schema.Struct({
  /** The kind of cause, as a finding names it. */
  check: Finding.fields.finding,
  /** How many variants were tried. */
  variants: Schema.Int
})

/**
 * A kind of cause that was looked for.
 *
 * @category models
 */
export type Tried = typeof Tried.Type

/**
 * The verdict, what may explain it (most likely cause first), and what was looked for, until enough was found. Without a finding the secret is
 * most often simply another one.
 *
 * @category models
 */
export interface Report {
  /** What a verifier says of the delivery. */
  readonly verdict: Result.Result<Verified, VerificationFailed>
  /** The likely causes, the likeliest first. */
  readonly findings: ReadonlyArray<Finding>
  /** What was looked for. */
  readonly tried: ReadonlyArray<Tried>
  /** What was not looked for and why, as a sentence. Absent where nothing was left out. */
  readonly untried?: string
}
