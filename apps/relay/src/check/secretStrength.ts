/** Whether a shared secret can be guessed, as far as its text shows. The text itself is never part of a reason. */

/** Fewer characters can be tried, one after another, by whoever has one signed delivery. */
export const minLength = 16

/** A random secret of 16 hex digits has ten different ones. */
const minDistinct = 8

export type Weakness = "short-secret" | "repetitive-secret"

export const reasons: Readonly<Record<Weakness, string>> = {
  "short-secret": `this secret is shorter than ${minLength} characters and can be guessed: use the output of openssl rand -hex 32`,
  "repetitive-secret":
    "this secret is a repetition or a sequence of characters and can be guessed: use the output of openssl rand -hex 32"
}

/** Of the text without a prefix that everybody knows. */
export const weaknessOf = (secret: string): Weakness | undefined => {
  const text = [...secret.replace(/^(?:whsec_|sha\d+=)/, "")]
  if (text.length < minLength) return "short-secret"
  const isWeak = new Set(text).size < minDistinct || isPeriodic(text) || isRow(text)
  return isWeak ? "repetitive-secret" : undefined
}

/** Whether the text is a shorter one over and over, such as changeme-changeme. */
const isPeriodic = (text: ReadonlyArray<string>): boolean => {
  const longest = Math.min(minLength - 1, Math.ceil(text.length / 2))
  for (let period = 1; period <= longest; period++) {
    if (text.every((letter, index) => index < period || letter === text[index - period])) return true
  }
  return false
}

/** Whether most characters are the one before, or its neighbor in the alphabet. */
const isRow = (text: ReadonlyArray<string>): boolean => {
  const codes = text.map((letter) => letter.codePointAt(0) ?? 0)
  const steps = codes.filter((code, index) => index > 0 && Math.abs(code - (codes[index - 1] ?? 0)) <= 1)
  return steps.length > text.length / 2
}
