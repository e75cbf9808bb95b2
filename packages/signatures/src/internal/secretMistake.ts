/** Finds mistakes in the secrets of programs without types. */
import { DateTime, Redacted } from "effect"

type Mistake = "Undefined" | "NotText" | "ExpiryNotATime"

/** The mistake; `undefined` if there is none. */
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
