/** The parser of times, in the configuration file and in the flags of all commands. */
import { DateTime, Effect, Option, Schema, SchemaIssue, SchemaTransformation } from "effect"
import { DurationText } from "./DurationText.ts"

const withZone = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i

const aDay = /^\d{4}-\d\d-\d\d$/

/** Parses a time in ISO 8601. A zone is required, because the relay can't guess it. */
export const parse = (text: string): Option.Option<DateTime.Utc> =>
  withZone.test(text) ? Option.map(DateTime.make(text), DateTime.toUtc) : Option.none()

/** Parses a time with its zone, or a day, which starts at midnight UTC. */
export const parseWithDay = (text: string): Option.Option<DateTime.Utc> =>
  aDay.test(text) ? Option.map(DateTime.make(text), DateTime.toUtc) : parse(text)

/** Whether a text looks like a time in ISO 8601 without a zone. */
export const isWithoutZone = (text: string): boolean =>
  /^\d{4}-\d\d/.test(text.trim()) && !withZone.test(text)

const examples = 'a time with its zone, such as "2026-12-01T18:00:00Z" or "2026-12-01T18:00:00+02:00"'

export const TimeText = Schema.String.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transformEffect({
      decode: (text, options) =>
        Option.match(parse(text), {
          onNone: () =>
            Effect.fail(new SchemaIssue.InvalidValue({ expected: "a time with its zone" }, text, options)),
          onSome: Effect.succeed
        }),
      encode: (time) => Effect.succeed(DateTime.formatIso(time))
    })
  )
).annotate({ message: `Expected ${examples}` })

/** When invitations expire. */
export const ExpiryText = Schema.Union([
  TimeText,
  DurationText,
  Schema.Struct({ before: Schema.Literal("start") })
]).annotate({
  message: `Expected ${examples}, a duration, such as "2 hours", or { before: start }`
})
