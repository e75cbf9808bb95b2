/** Points and lengths of time as they stand in the file. */
import { Duration, Schema } from "effect"

export const Time = Schema.DateTimeUtcFromString.annotate({
  message: 'Expected a time, such as "2026-12-01T18:00:00Z"'
})

/** Nothing in a configuration lasts for ever, or not at all. */
const isSome = Schema.makeFilter(
  (length: Duration.Duration) => Duration.isPositive(length) && Duration.isFinite(length)
)

export const Length = Schema.DurationFromString.check(isSome).annotate({
  message: 'Expected a length of time above zero, such as "30 seconds" or "2 hours"'
})

export const TimeOrLength = Schema.Union([
  Schema.DateTimeUtcFromString,
  Schema.DurationFromString.check(isSome)
]).annotate({
  message: 'Expected a time, such as "2026-12-01T18:00:00Z", or a length, such as "2 hours"'
})

/** A length that a key explains. */
export const length = (description: string, usual?: string) =>
  Length.pipe(Schema.annotateEncoded({ description, ...(usual === undefined ? {} : { default: usual }) }))
