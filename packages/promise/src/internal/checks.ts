/** Validates options by name. */
import type { Limit, RetryOptions } from "../ClientOptions.ts"
import { InvalidOptionError } from "../InviteError.ts"

/** The longest delay of a timer. */
const maxMillis = 2 ** 31 - 1

const refuse = (name: string, expected: string): never => {
  throw new InvalidOptionError(`\`${name}\` must be ${expected}`)
}

const isMillis = (value: unknown): boolean => typeof value === "number" && value > 0 && value <= maxMillis

/** Requires a time in milliseconds, above 0. */
export const checkMillis = (name: string, value: unknown): void => {
  if (value !== undefined && !isMillis(value)) refuse(name, "a number of milliseconds above 0")
}

/** Requires a whole number. */
export const checkInteger = (name: string, value: unknown, least: number): void => {
  if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= least)) {
    refuse(name, `a whole number, at least ${least}`)
  }
}

/** Requires a function. */
export const checkFunction = (name: string, value: unknown): void => {
  if (value !== undefined && typeof value !== "function") refuse(name, "a function")
}

/** Validates the limits of a key. */
export const checkLimits = (limits: ReadonlyArray<Limit> | false | undefined): void => {
  if (limits === undefined || limits === false) return
  if (!Array.isArray(limits)) refuse("limits", "a list of limits, or false")
  for (const [index, { calls, window }] of limits.entries()) {
    checkInteger(`limits[${index}].calls`, calls ?? null, 1)
    checkMillis(`limits[${index}].window`, window ?? null)
  }
}

/** Validates the options of retries. */
export const checkRetry = (retry: RetryOptions | false | undefined): void => {
  if (retry === undefined || retry === false) return
  if (typeof retry !== "object" || retry === null) refuse("retry", "an object of options, or false")
  checkInteger("retry.maxRetries", retry.maxRetries, 0)
  checkMillis("retry.baseDelay", retry.baseDelay)
  checkMillis("retry.maxDelay", retry.maxDelay)
}
