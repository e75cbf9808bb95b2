/**
 * The schema of times.
 */
import { Schema } from "effect"

const isZoned = Schema.isPattern(/(?:Z|[+-]\d\d:?\d\d)$/i, {
  expected: "a time with its zone: add Z for UTC, or an offset such as +02:00"
})

/**
 * A time: `DateTime.Utc` in programs, ISO 8601 with its zone in JSON. The relay writes UTC.
 *
 * @category schemas
 */
export const Time = Schema.String.check(isZoned).pipe(
  Schema.decodeTo(Schema.DateTimeUtcFromString),
  Schema.annotate({ identifier: "Time" })
)
