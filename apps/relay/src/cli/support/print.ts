/** How things are printed: for a program as JSON, for a person as text. */
import { Console, DateTime, Duration } from "effect"
import { Display } from "@usher/admin"
import { table } from "./table.ts"

export const print = (json: boolean, value: unknown, text: () => string) =>
  Console.log(json ? jsonText(value) : text())

/** Exact, and harmless in a terminal. */
export const jsonText = (value: unknown): string => Display.json(JSON.stringify(value))

/** In UTC, to the second, with the zone. */
export const time = (at: DateTime.Utc | null): string =>
  at === null ? "-" : `${DateTime.formatIso(at).slice(0, 19)}Z`

/** Its two largest parts. */
export const length = (millis: number): string =>
  millis < 1000
    ? "less than a second"
    : Duration.format(Duration.seconds(Math.ceil(millis / 1000)))
        .split(" ")
        .slice(0, 2)
        .map(spelled)
        .join(" ")

const names: Readonly<Record<string, string>> = { s: "second", m: "minute", h: "hour", d: "day" }

const spelled = (part: string): string => {
  const [, number = "", unit = ""] = /^(\d+)([smhd])$/.exec(part) ?? []
  const name = names[unit]
  return name === undefined ? part : count(Number(number), name)
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`

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
