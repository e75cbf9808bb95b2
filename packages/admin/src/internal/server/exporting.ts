/** Writes invitations as CSV or NDJSON. */
import { DateTime, Schema } from "effect"
import * as Display from "../../Display.ts"
import * as Lives from "../../Lives.ts"

const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(Lives.Exported)))

const columns: Readonly<Record<string, (exported: Lives.Exported) => string | number | null>> = {
  Person: ({ member }) => member,
  Status: ({ status }) => status,
  Requested: ({ createdAt }) => DateTime.formatIso(createdAt),
  Ended: ({ settledAt }) => (settledAt === null ? null : DateTime.formatIso(settledAt)),
  Attempts: ({ attempts }) => attempts,
  "Last error": ({ lastError }) => lastError,
  Source: ({ source }) => source,
  Live: ({ liveId }) => liveId,
  Spot: ({ spot }) => spot,
  Invitation: ({ id }) => id
}

/** A spreadsheet runs a cell that begins so. Where the separator is a semicolon, a cell also begins after that. */
const formula = /(^|;)(?=[=+\-@])/g

/** A cell that no spreadsheet runs, without control characters. */
const cell = (value: string | number | null): string => {
  const text = Display.escape(String(value ?? "")).replaceAll(formula, "$1'")
  return /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const line = (cells: ReadonlyArray<string | number | null>) => `${cells.map(cell).join(",")}\n`

/** The first line of each format. */
export const headings: Readonly<Record<Lives.Format, string>> = {
  csv: line(Object.keys(columns)),
  ndjson: ""
}

/** One invitation as a line of each format. */
export const lines: Readonly<Record<Lives.Format, (exported: Lives.Exported) => string>> = {
  csv: (exported) => line(Object.values(columns).map((column) => column(exported))),
  ndjson: (exported) => `${encode(exported)}\n`
}
