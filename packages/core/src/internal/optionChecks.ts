/** What is wrong with the value of an option, by the option's name. */
import { Duration, Option } from "effect"

/** A whole number of at least `minimum`. */
export const wholeNumberFlaw = (name: string, value: unknown, minimum: number): string | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= minimum
    ? undefined
    : `"${name}" is ${shown(value)}: give a whole number, ${minimum} or more`

/** A length of time; undefined where it is none. */
export const durationOf = (value: Duration.Input): Duration.Duration | undefined =>
  typeof value === "number" && Number.isNaN(value)
    ? undefined
    : Option.getOrUndefined(Duration.fromInput(value))

/** A length of time, above 0 or at least 0. */
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

/** Throws what the first flaw says. */
export const refuseFlaws = (...flaws: ReadonlyArray<string | undefined>): void => {
  const flaw = flaws.find((flaw) => flaw !== undefined)
  if (flaw !== undefined) throw new RangeError(flaw)
}

const shown = (value: unknown) => (typeof value === "string" ? JSON.stringify(value) : String(value))
