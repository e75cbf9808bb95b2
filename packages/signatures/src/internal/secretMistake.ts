/** What is wrong with a secret that a program made, before anything checks its shape. */
import { DateTime, Redacted } from "effect"

type Mistake = "Undefined" | "NotText" | "ExpiryNotATime"

/** Programs without types may pass any value. Undefined: nothing is wrong. */
export const mistakeOf = ({
  expiresAt,
  value
}: {
  readonly expiresAt?: unknown
  readonly value: unknown
}): Mistake | undefined => {
  if (value === undefined || value === null) return "Undefined"
  if (!Redacted.isRedacted(value)) return "NotText"
  const text: unknown = Redacted.value(value)
  if (text === undefined || text === null) return "Undefined"
  if (typeof text !== "string") return "NotText"
  return expiresAt === undefined || DateTime.isDateTime(expiresAt) ? undefined : "ExpiryNotATime"
}
