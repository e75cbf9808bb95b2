/** Whether a shared secret can be guessed. Reasons never quote the secret. */
import { Redacted } from "effect"
import type { Path } from "../config/Problem.ts"
import { warnIf } from "./Warning.ts"

/** An attacker with one signed delivery can try all shorter secrets. */
const minLength = 16

/** A random secret of 16 hex digits has ten different ones. */
const minDistinct = 8

const reasons = {
  "short-secret": `this secret is shorter than ${minLength} characters and can be guessed: use the output of openssl rand -hex 32`,
  "repetitive-secret":
    "this secret is a repetition or a sequence of characters and can be guessed: use the output of openssl rand -hex 32"
}

/** Warns of a secret that can be guessed. A public key is no secret. */
export const ofSecret = (secret: Redacted.Redacted, path: Path) => {
  const text = Redacted.value(secret)
  const weakness = text.startsWith("whpk_") ? undefined : weaknessOf(text)
  return weakness === undefined ? [] : warnIf(true, weakness, path, reasons[weakness])
}

/** The weakness of a secret, judged without its well-known prefix. */
export const weaknessOf = (secret: string): keyof typeof reasons | undefined => {
  const text = [...secret.replace(/^(?:whsec_|sha\d+=)/, "")]
  if (text.length < minLength) return "short-secret"
  const isWeak = new Set(text).size < minDistinct || isPeriodic(text) || isRow(text)
  return isWeak ? "repetitive-secret" : undefined
}

/** Whether the text repeats a shorter one, such as changeme-changeme. */
const isPeriodic = (text: ReadonlyArray<string>): boolean => {
  const longest = Math.min(minLength - 1, Math.ceil(text.length / 2))
  for (let period = 1; period <= longest; period++) {
    if (text.every((letter, index) => index < period || letter === text[index - period])) return true
  }
  return false
}

/** Whether most characters equal the previous one, or are its neighbor in the alphabet. */
const isRow = (text: ReadonlyArray<string>): boolean => {
  const codes = text.map((letter) => letter.codePointAt(0) ?? 0)
  const steps = codes.filter((code, index) => index > 0 && Math.abs(code - (codes[index - 1] ?? 0)) <= 1)
  return steps.length > text.length / 2
}
