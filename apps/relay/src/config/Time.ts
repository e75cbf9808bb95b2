/** Points and lengths of time as they stand in the file. */
import { DateTime, Duration, Effect, Option, Schema, SchemaIssue, SchemaTransformation } from "effect"

/** Whether a text begins as a time in ISO 8601 does, and names no zone. */
export const isWithoutZone = (text: string): boolean => /^\d{4}-\d\d/.test(text.trim()) && !isZoned(text)

/** Whether a text is a time in ISO 8601 with its zone. */
export const isZoned = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i.test(text)

/** Without a zone the relay would have to guess which hour is meant. */
const Zoned = Schema.String.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transformEffect({
      decode: (text, options) =>
        Option.match(isZoned(text) ? DateTime.make(text) : Option.none(), {
          onNone: () =>
            Effect.fail(new SchemaIssue.InvalidValue({ expected: "a time with its zone" }, text, options)),
          onSome: (time) => Effect.succeed(DateTime.toUtc(time))
        }),
      encode: (time) => Effect.succeed(DateTime.formatIso(time))
    })
  )
)

const examples = 'a time with its zone, such as "2026-12-01T18:00:00Z" or "2026-12-01T18:00:00+02:00"'

export const Time = Zoned.annotate({ message: `Expected ${examples}` })

/** Nothing in a configuration lasts for ever, or not at all. */
const isSome = Schema.makeFilter(
  (length: Duration.Duration) => Duration.isPositive(length) && Duration.isFinite(length)
)

export const Length = Schema.DurationFromString.check(isSome).annotate({
  message: 'Expected a length of time above zero, such as "30 seconds" or "2 hours"'
})

export const TimeOrLength = Schema.Union([Zoned, Schema.DurationFromString.check(isSome)]).annotate({
  message: `Expected ${examples}, or a length, such as "2 hours"`
})

/** A length that a key explains. */
export const length = (description: string, usual?: string) =>
  Length.pipe(Schema.annotateEncoded({ description, ...(usual === undefined ? {} : { default: usual }) }))
