/** Query strings by MeltingSpot's LHS bracket method: `title[contains]=launch`. */
import { DateTime } from "effect"

/** How a time is written in a query. The reference says only "Unix timestamp format". */
export type TimestampUnit = "seconds" | "milliseconds"

export type Value = string | number | boolean | DateTime.DateTime | ReadonlyArray<string | number>

export type Pairs = ReadonlyArray<readonly [name: string, value: Value | undefined]>

type Operators = Readonly<Record<string, Value | undefined>>

/** The parameters of a filter, which has a value for each operator of each field. */
export const ofFilter = (filter: object): Pairs => {
  const fields: ReadonlyArray<readonly [field: string, operators: Operators | undefined]> =
    Object.entries(filter)
  return fields.flatMap(([field, operators = {}]) =>
    Object.entries(operators).map(([operator, value]) => [`${field}[${operator}]`, value] as const)
  )
}

/** Whether a list of values is empty, so that nothing can match. The upstream's behavior is not documented. */
export const selectsNothing = (pairs: Pairs): boolean =>
  pairs.some(([, value]) => Array.isArray(value) && value.length === 0)

/** Writes a query string. Brackets stay unescaped, as in the documentation. Lone surrogates, which can't be escaped, are replaced. */
export const queryString = (pairs: Pairs, unit: TimestampUnit = "seconds"): string => {
  const written = pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(textOf(value, unit).toWellFormed())}`]
  )
  return written.length === 0 ? "" : `?${written.join("&")}`
}

const textOf = (value: Value, unit: TimestampUnit): string => {
  if (!DateTime.isDateTime(value)) return String(value)
  const millis = DateTime.toEpochMillis(value)
  return String(unit === "seconds" ? Math.floor(millis / 1000) : millis)
}
