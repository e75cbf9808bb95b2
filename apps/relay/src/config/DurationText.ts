/** The grammar of durations, in the configuration file and in the flags of all commands. */
import { Duration, Effect, Option, Schema, SchemaIssue, SchemaTransformation } from "effect"

const spellings = {
  millis: ["ms", "milli", "millis", "millisecond", "milliseconds"],
  seconds: ["s", "second", "seconds"],
  minutes: ["m", "minute", "minutes"],
  hours: ["h", "hour", "hours"],
  days: ["d", "day", "days"],
  weeks: ["w", "week", "weeks"]
} as const

const units: ReadonlyMap<string, string> = new Map(
  Object.entries(spellings).flatMap(([unit, names]) => names.map((name): [string, string] => [name, unit]))
)

/** Normalizes a number and a unit, such as `1.5 hours` or `30d`, to the spelling of effect: `30 days`. */
export const spelledOut = (text: string): Option.Option<string> => {
  const [, count, name = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(text.trim()) ?? []
  const unit = units.get(name)
  return unit === undefined ? Option.none() : Option.some(`${Number(count)} ${unit}`)
}

export const parse = (text: string): Option.Option<Duration.Duration> =>
  Option.flatMap(spelledOut(text), (spelled) => Schema.decodeOption(Schema.DurationFromString)(spelled))

/** A duration above zero. */
export const DurationText = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Duration.check(Schema.makeFilter(Duration.isPositive)),
    SchemaTransformation.transformEffect({
      decode: (text, options) =>
        Option.match(parse(text), {
          onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ expected: "a duration" }, text, options)),
          onSome: Effect.succeed
        }),
      encode: (duration) => Effect.succeed(`${Duration.toMillis(duration)} ms`)
    })
  )
).annotate({ message: 'Expected a duration above zero, such as "30 seconds" or "2 hours"' })

/** A duration with a description and a default. */
export const durationText = (description: string, usual?: string) =>
  DurationText.pipe(
    Schema.annotateEncoded({ description, ...(usual === undefined ? {} : { default: usual }) })
  )
