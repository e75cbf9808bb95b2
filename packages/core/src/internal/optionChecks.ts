/** Describes invalid values of options, by the name of the option. */
import { Duration, Option } from "effect"

/** Requires a whole number of at least `minimum`. */
export const wholeNumberFlaw = (name: string, value: unknown, minimum: number): string | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= minimum
    ? undefined
    : `"${name}" is ${shown(value)}: give a whole number, ${minimum} or more`

/** The duration of an input; `undefined` if it is invalid. */
export const durationOf = (value: Duration.Input): Duration.Duration | undefined =>
  typeof value === "number" && Number.isNaN(value)
    ? undefined
    : Option.getOrUndefined(Duration.fromInput(value))

/** Requires a duration, above 0 or at least 0. */
export const durationFlaw = (
  name: string,
  value: Duration.Input,
  range: "above 0" | "0 or more"
): string | undefined => {
  const duration = durationOf(value)
  const isFit =
    duration !== undefined &&
    (range === "above 0"
      ? !Duration.isZero(duration) && !Duration.isNegative(duration)
      : !Duration.isNegative(duration))
  return isFit
    ? undefined
    : `"${name}" is ${shown(value)}: give a length of time ${range}, such as "10 seconds"`
}

/** Throws the first flaw, if there is one. */
export const refuseFlaws = (...flaws: ReadonlyArray<string | undefined>): void => {
  const flaw = flaws.find((flaw) => flaw !== undefined)
  if (flaw !== undefined) throw new RangeError(flaw)
}

const shown = (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : String(value))
