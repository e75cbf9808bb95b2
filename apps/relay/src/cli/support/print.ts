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

/** To the millisecond, without the day. */
export const clock = (at: DateTime.Utc): string => DateTime.formatIso(at).slice(11, 23)

export const day = (at: DateTime.Utc): string => DateTime.formatIso(at).slice(0, 10)

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

/** A table, or what there is to say where it would be empty. */
export const listing = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string | number>>,
  nothing: string
): string => (rows.length === 0 ? nothing : table(head, rows))

/** What follows a page, if there is more. */
export const more = (next: string | null): string => (next === null ? "" : `\nMore: --after ${next}`)
