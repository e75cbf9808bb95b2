/** Rows as CSV for spreadsheets. */
import { Webhooks } from "@usher/admin"
import { NamedPeople } from "@usher/model/Webhook"
import { DateTime, Schema } from "effect"

/** A spreadsheet runs a cell that begins with one of these as a formula. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

/** People as they are counted in a webhook: the first one, and how many others. */
const isPeople = Schema.is(NamedPeople)

const peopleText = (people: NamedPeople): string =>
  people.count === 0 ? "" : `${people.first ?? "forgotten"} ${Webhooks.others(people)}`.trim()

const text = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : DateTime.isDateTime(value)
      ? DateTime.formatIso(value)
      : isPeople(value)
        ? peopleText(value)
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value)

const cell = (value: unknown): string => {
  const shown = text(value)
  return `"${(formula.test(shown) ? `'${shown}` : shown).replaceAll('"', '""')}"`
}

/** The fields of all rows as columns, with a heading. Formulas become text by a leading apostrophe. */
export const csv = (rows: ReadonlyArray<object>): string => {
  const names = [...new Set(rows.flatMap(Object.keys))]
  const lines = rows.map((row) => names.map((name) => cell(Reflect.get(row, name))).join(","))
  return `${[names.map(cell).join(","), ...lines].join("\r\n")}\r\n`
}
