/** What an import would do: how the file is read, whom it names, and what is refused. */
import { DateTime, Duration, Effect, Stream } from "effect"
import { Display } from "@usher/admin"
import { Invitation } from "@usher/core"
import { Search } from "@usher/model"
import { AdminClient } from "../support/access.ts"
import { count, length } from "../support/print.ts"
import { shortened, type Why } from "./people/choose.ts"
import * as Distinct from "./people/distinct.ts"
import * as Rows from "./people/rows.ts"

interface People {
  readonly rows: number
  /** Different people, by how the file names them. */
  readonly byAddress: number
  readonly byMemberId: number
  /** How often a person is named again. */
  readonly repeated: number
  /** Rows that can't be taken. */
  readonly bad: number
  /** Rows whose text is not sent as it is. */
  readonly altered: number
  /** The first of the bad lines. */
  readonly problems: ReadonlyArray<{ readonly line: number; readonly problem: string }>
  /** The first of the altered lines. */
  readonly cleaned: ReadonlyArray<{ readonly line: number; readonly cleaned: string }>
}

/** So many lines of a kind are told one by one. */
const maxLines = 20

/** Counts as the import does: each person once. */
export const examine = Effect.fnUntraced(function* (reading: Rows.Reading) {
  const isNew = Distinct.make()
  const problems: Array<People["problems"][number]> = []
  const cleaned: Array<People["cleaned"][number]> = []
  let [rows, bad, altered, repeated, byAddress, byMemberId] = [0, 0, 0, 0, 0, 0]
  yield* Stream.runForEachArray(Rows.rows(reading), (found) =>
    Effect.sync(() => {
      for (const row of found) {
        rows++
        if ("problem" in row) {
          bad++
          if (problems.length < maxLines) problems.push({ line: row.line, problem: row.problem })
          continue
        }
        if (row.cleaned !== undefined) {
          altered++
          if (cleaned.length < maxLines) cleaned.push({ line: row.line, cleaned: row.cleaned })
        }
        for (const member of row.members) {
          if (!isNew(member)) repeated++
          else if (Invitation.isAddress(member)) byAddress++
          else byMemberId++
        }
      }
    })
  )
  const people: People = { rows, byAddress, byMemberId, repeated, bad, altered, problems, cleaned }
  return people
})

/** By what is spent of the budget now, and what waits already. */
export const planOf = Effect.fnUntraced(function* (spot: string, reading: Rows.Reading, found: People) {
  const client = yield* AdminClient
  const budget = (yield* client.budget.get()).find((one) => one.spot === spot)
  const { altered, bad, byAddress, byMemberId, repeated, rows } = found
  const people = byAddress + byMemberId
  const calls = Search.calls([people])
  const limits =
    budget?.windows.map(({ calls, windowMs }) => ({ calls, window: Duration.millis(windowMs) })) ?? []
  const now = yield* DateTime.now
  const before =
    budget?.clearAt == null
      ? 0
      : Math.max(0, DateTime.toEpochMillis(budget.clearAt) - DateTime.toEpochMillis(now))
  const durationMs = before + Duration.toMillis(Search.duration(calls, limits))
  const backlog = budget?.backlog ?? 0
  const counts = { rows, people, byAddress, byMemberId, repeated, bad, altered }
  return { spot, file: fileOf(reading), ...counts, calls, backlog, durationMs }
})

type Plan = Effect.Success<ReturnType<typeof planOf>>

/** How the file is read. */
const fileOf = ({ column, file, layout, why }: Rows.Reading) => ({
  name: file,
  encoding: layout.encoding,
  delimiter: layout.delimiter,
  /** The line of the heading. */
  heading: layout.heading ?? null,
  column: { number: column.index + 1, name: column.name, why },
  first: layout.first.map(({ cells, line }) => ({ line, cells }))
})

export const planText = (liveId: string, plan: Plan): string =>
  [fileText(plan.file), peopleText(liveId, plan)].join("\n")

const delimiters: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars"
}

const reasons: Readonly<Record<Why, string>> = {
  named: "chosen by --column",
  heading: "recognized by its heading",
  addresses: "the column with addresses"
}

const maxName = 60

const maxCell = 60

const fileText = ({ column, delimiter, encoding, first, heading, name }: Plan["file"]): string => {
  const between = delimiters[delimiter] ?? Display.escape(delimiter)
  const top =
    heading === null
      ? "no heading line"
      : `heading in line ${heading}${heading > 1 ? "; the lines above it are skipped" : ""}`
  const which = [`column ${column.number}`, ...(column.name === "" ? [] : [shortened(column.name, maxName)])]
  return [
    `${Display.line(name)}: ${encoding}, separated by ${between}, ${top}.`,
    `People from ${Display.line(which.join(", "))}, ${reasons[column.why]}. The first rows:`,
    ...first.map(({ cells, line }) => `  line ${line}: ${rowText(cells, column.number - 1)}`)
  ].join("\n")
}

/** The cell that counts, and the others behind it. */
const rowText = (cells: ReadonlyArray<string>, at: number): string => {
  const others = shortened(
    cells
      .filter((cell, index) => index !== at && cell.trim() !== "")
      .slice(0, maxCell)
      .map((cell) => shortened(cell.trim(), maxCell))
      .join(" | "),
    maxCell
  )
  const cell = shortened((cells[at] ?? "").trim(), maxCell)
  return Display.line(others === "" ? cell : `${cell} (${others})`)
}

const peopleText = (liveId: string, plan: Plan): string => {
  const { backlog, byAddress, byMemberId, calls, durationMs, people, repeated, spot } = plan
  return (
    `${count(people, "person", "people")} to the Live ${liveId}, with the Spot ${spot}` +
    (repeated === 0 ? "" : ` (${count(repeated, "duplicate row")} skipped)`) +
    `: ${byAddress.toLocaleString("en")} by address, ${byMemberId.toLocaleString("en")} by member id; ` +
    `${count(calls, "call")} to MeltingSpot; minimum duration: ${length(durationMs)}` +
    (backlog === 0 ? "." : `, after ${count(backlog, "pending invitation")}.`)
  )
}

/** The lines that are refused, and those that are not sent as they stand. */
export const problemsText = (file: string, { altered, bad, cleaned, problems, rows }: People): string => {
  const name = Display.line(file)
  const refused =
    bad > 0
      ? lines(
          `${name}: ${count(bad, "row")} can't be imported:`,
          bad,
          problems.map(({ line, problem }) => ({ line, text: problem }))
        )
      : rows === 0
        ? [`${name}: no rows.`]
        : [`${name}: every row can be imported.`]
  const changed = lines(
    `${name}: ${count(altered, "row")} normalized:`,
    altered,
    cleaned.map(({ cleaned, line }) => ({ line, text: cleaned }))
  )
  return [...refused, ...(altered > 0 ? changed : [])].join("\n")
}

const lines = (
  heading: string,
  all: number,
  shown: ReadonlyArray<{ readonly line: number; readonly text: string }>
): ReadonlyArray<string> => [
  heading,
  ...shown.map(({ line, text }) => `  line ${line}: ${text}`),
  ...(all > shown.length ? [`  and ${count(all - shown.length, "more", "more")}`] : [])
]

/** The reason why nothing is done. */
export const nobodyText = ({ column, file }: Rows.Reading): string => {
  const name = column.name === "" ? "" : ` (${shortened(column.name, maxName)})`
  return Display.line(`${file} has no valid address or member id in column ${column.index + 1}${name}.`)
}
