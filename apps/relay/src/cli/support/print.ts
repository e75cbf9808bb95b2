/** Prints results: as JSON for programs, as text for people. */
import { Console, DateTime, Duration } from "effect"
import { Display, Stats } from "@usher/admin"
import { table } from "./table.ts"

export const print = (json: boolean, value: unknown, text: () => string) =>
  Console.log(json ? jsonText(value) : text())

/** JSON without characters that a terminal would interpret. */
export const jsonText = (value: unknown): string => Display.json(JSON.stringify(value))

/** A time in the zone of this machine (`TZ`): the day, the time of the day to the millisecond, and the offset, or `Z` for UTC. */
export const local = (at: DateTime.Utc) => {
  const iso = DateTime.formatIsoOffset(DateTime.setZone(at, DateTime.zoneMakeLocal()))
  const offset = iso.slice(-6)
  return { day: iso.slice(0, 10), time: iso.slice(11, 23), offset: offset === "+00:00" ? "Z" : offset }
}

/** A time in the zone of this machine, to the second, such as `2026-11-30T02:14:05+01:00`. */
export const time = (at: DateTime.Utc | null): string => {
  if (at === null) return "-"
  const { day, time, offset } = local(at)
  return `${day}T${time.slice(0, 8)}${offset}`
}

/** A time that is known to the minute, such as `2026-11-30T02:14+01:00`. */
export const minute = (at: DateTime.Utc | null): string => {
  if (at === null) return "-"
  const { day, time, offset } = local(at)
  return `${day}T${time.slice(0, 5)}${offset}`
}

/** A duration in its two largest units. */
export const length = (millis: number): string => {
  if (millis < 1000) return "less than a second"
  const { days, hours, minutes, seconds } = Duration.parts(Duration.seconds(Math.ceil(millis / 1000)))
  return Object.entries({ day: days, hour: hours, minute: minutes, second: seconds })
    .filter(([, number]) => number > 0)
    .slice(0, 2)
    .map(([unit, number]) => count(number, unit))
    .join(" ")
}

/** A number that the API caps, such as `20,000 or more`. */
export const capped = (number: number): string =>
  `${number.toLocaleString("en")}${number >= Stats.maxCounted ? " or more" : ""}`

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`

const disjunction = new Intl.ListFormat("en-GB", { type: "disjunction" })

/** Such as `a, b or c`. */
export const either = (words: Iterable<string>): string => disjunction.format(words)

/** Joins lines, or other parts of a text, without the absent ones. */
export const lines = (parts: ReadonlyArray<string | false | null | undefined>, separator = "\n"): string =>
  parts.filter((part) => typeof part === "string").join(separator)

/** A table with a column for each key of the rows, or a sentence if there are no rows. */
export const listing = (
  rows: ReadonlyArray<Readonly<Record<string, string | number>>>,
  nothing: string
): string => {
  const [first] = rows
  return first === undefined
    ? nothing
    : table(
        Object.keys(first),
        rows.map((row) => Object.values(row))
      )
}

/** One page of a list, and how to see the next one. */
export const page = <A>(
  { items, next }: { readonly items: ReadonlyArray<A>; readonly next: string | null },
  row: (item: A) => Readonly<Record<string, string | number>>,
  nothing: string
): string => listing(items.map(row), nothing) + (next === null ? "" : `\nMore: --after ${next}`)
