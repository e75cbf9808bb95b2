/** What is weak in one secret. No warning holds any of it. */
import { Redacted } from "effect"
import type { Path } from "../config/Problem.ts"
import { reasons, weaknessOf } from "./secretStrength.ts"
import { type Warning, warning } from "./Warning.ts"

/** Whether it can be guessed. */
export const ofSecret = (secret: Redacted.Redacted, path: Path): ReadonlyArray<Warning> => {
  const text = Redacted.value(secret)
  // A public key is no secret.
  const weakness = text.startsWith("whpk_") ? undefined : weaknessOf(text)
  return weakness === undefined ? [] : [warning(weakness, path, reasons[weakness])]
}

/** Of user:password. */
export const passwordOf = (secret: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(Redacted.value(secret).replace(/^[^:]*:/, ""))

/** Whether it changes on its way in the query of a URL. */
export const inQuery = (secret: Redacted.Redacted, path: Path): ReadonlyArray<Warning> =>
  needsEncoding(secret) ? [warning("token-needs-encoding", path, encoding)] : []

const needsEncoding = (secret: Redacted.Redacted) => /[+&#%=\s]|[^\x20-\x7e]/.test(Redacted.value(secret))

/** The same for every token: which of them it holds is nobody's business. */
const encoding =
  "this token has characters that must be encoded in a URL: + as %2B, & as %26, # as %23, % as %25, = as %3D, a space as %20. Encode them, or use a token of letters and digits, such as the output of openssl rand -hex 32"
