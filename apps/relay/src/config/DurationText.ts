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

const lengths = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1_000, "second"]
] as const

/** The duration in the largest unit of which it is a whole number, such as `90 seconds`. */
const format = (duration: Duration.Duration): string => {
  const millis = Duration.toMillis(duration)
  const [length, unit] = lengths.find(([length]) => millis % length === 0) ?? [1, "milli"]
  return `${millis / length} ${unit}${millis === length ? "" : "s"}`
}

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
      encode: (duration) => Effect.succeed(format(duration))
    })
  )
).annotate({ message: 'Expected a duration above zero, such as "30 seconds" or "2 hours"' })

/** A duration with a description and a default. */
export const durationText = (description: string, usual?: string) =>
  DurationText.pipe(
    Schema.annotateEncoded({ description, ...(usual === undefined ? {} : { default: usual }) })
  )
