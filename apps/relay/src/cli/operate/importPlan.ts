/** The plan of an import: how the file is read, the people in it, and the rejected rows. */
import { DateTime, Effect } from "effect"
import { Display, type Lives, Page } from "@usher/admin"
import { nameOf } from "@usher/model/LiveSummary"
import { AdminClient, type Client } from "../support/access.ts"
import { delayText } from "../support/holds.ts"
import { count, length, lines, time } from "../support/print.ts"
import { estimate } from "@usher/people/estimate"
import type { People } from "@usher/people/examine"
import type { Reading } from "@usher/people/rows"
import { maxName, shortened } from "./importColumn.ts"

/** Includes the time for the current backlog, under the budget that is left. */
export const planOf = Effect.fnUntraced(function* (
  { liveId, spot }: { readonly liveId: string; readonly spot: string },
  { column, file, layout, why }: Reading,
  { counts }: People
) {
  const client = yield* AdminClient
  const budget = (yield* client.budget.get()).find((one) => one.spot === spot)
  const people = counts.byAddress + counts.byMemberId
  const now = yield* DateTime.now
  const { calls, backlog, durationMs } = estimate(people, budget, now)
  return {
    spot,
    live: aboutLive(yield* knownLive(client, spot, liveId), now),
    file: {
      name: file,
      encoding: layout.encoding,
      delimiter: layout.delimiter,
      /** The line of the heading. */
      heading: layout.heading ?? null,
      column: { number: column.index + 1, name: column.name, why },
      first: layout.first.map(({ cells, line }) => ({ line, cells }))
    },
    ...counts,
    people,
    calls,
    backlog,
    durationMs,
    /** Why the calls begin later; null if they may begin now. */
    delay: budget === undefined ? null : delayText(budget)
  }
})

/** The Live, if it has invitations by this Spot. */
const knownLive = Effect.fnUntraced(function* (client: Client, spot: string, liveId: string) {
  let after: string | null | undefined
  while (after !== null) {
    const query = { limit: Page.maxLimit, ...(after === undefined ? {} : { after }) }
    const { items, next } = yield* client.lives.list({ query })
    const live = items.find((one) => one.liveId === liveId && one.spot === spot)
    if (live !== undefined) return live
    after = next
  }
  return undefined
})

/** Null for a Live that the relay does not know. */
const aboutLive = (live: Lives.Live | undefined, now: DateTime.Utc) => {
  if (live === undefined) return null
  const { startsAt, title } = live
  return { title, startsAt, hasBegun: startsAt !== null && DateTime.isLessThanOrEqualTo(startsAt, now) }
}

type Plan = Effect.Success<ReturnType<typeof planOf>>

export const planText = (liveId: string, plan: Plan): string =>
  lines([fileText(plan.file), liveText(liveId, plan.live), peopleText(liveId, plan), plan.delay])

const liveText = (liveId: string, live: Plan["live"]): string => {
  if (live === null) return `The relay does not know the Live ${liveId}: check its id.`
  const { hasBegun, startsAt, title } = live
  const name = Display.line(nameOf({ liveId, title }))
  if (startsAt === null) return `The Live ${name} begins at an unknown time.`
  return `The Live ${name} ${hasBegun ? "has begun," : "begins"} at ${time(startsAt)}.`
}

const delimiters: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars"
}

const reasons: Readonly<Record<Reading["why"], string>> = {
  named: "chosen by --column",
  heading: "recognized by its heading",
  addresses: "the column with addresses"
}

const maxCell = 60

const fileText = ({ column, delimiter, encoding, first, heading, name }: Plan["file"]): string => {
  const format =
    delimiter === ""
      ? encoding
      : `${encoding}, separated by ${delimiters[delimiter] ?? Display.escape(delimiter)}`
  const top =
    heading === null
      ? "no heading line"
      : `heading in line ${heading}${heading > 1 ? "; the lines above it are skipped" : ""}`
  const which = column.name === "" ? "" : `, ${shortened(column.name, maxName)}`
  return [
    `${Display.line(name)}: ${format}, ${top}.`,
    `People from ${Display.line(`column ${column.number}${which}`)}, ${reasons[column.why]}. The first rows:`,
    ...first.map(({ cells, line }) => `  line ${line}: ${rowText(cells, column.number - 1)}`)
  ].join("\n")
}

const short = (cell: string) => shortened(cell.trim(), maxCell)

/** The cell of the column, and the others in parentheses. */
const rowText = (cells: ReadonlyArray<string>, at: number): string => {
  const others = cells.filter((cell, index) => index !== at && cell.trim() !== "").slice(0, maxCell)
  const cell = short(cells[at] ?? "")
  return Display.line(others.length === 0 ? cell : `${cell} (${short(others.map(short).join(" | "))})`)
}

const peopleText = (liveId: string, plan: Plan): string => {
  const { backlog, byAddress, byMemberId, calls, durationMs, people, repeated, spot } = plan
  return (
    `${count(people, "person", "people")} to the Live ${liveId}, with the Spot ${spot}` +
    (repeated === 0 ? "" : ` (${count(repeated, "duplicate row")} skipped)`) +
    `: ${byAddress.toLocaleString("en")} by address, ${byMemberId.toLocaleString("en")} by member id; ` +
    `${count(calls, "call")} to MeltingSpot` +
    (people === 0 ? "." : `; minimum duration: ${length(durationMs)}${backlogText(backlog)}`)
  )
}

const backlogText = (backlog: number): string =>
  backlog === 0 ? "." : `, after ${count(backlog, "pending invitation")}.`

/** The rows that can't be imported, and those whose text the import changes. */
export const problemsText = (file: string, { counts, cleaned, problems }: People): string => {
  const { altered, bad, rows } = counts
  const name = Display.line(file)
  return lines([
    bad > 0 && `${name}: ${count(bad, "row")} can't be imported:`,
    ...problems.map(({ line, problem }) => `  line ${line}: ${problem}`),
    bad > problems.length && `  and ${count(bad - problems.length, "more", "more")}`,
    bad === 0 && `${name}: ${rows === 0 ? "no rows" : "every row can be imported"}.`,
    altered > 0 && `${name}: ${count(altered, "row")} normalized:`,
    ...cleaned.map(({ cleaned, line }) => `  line ${line}: ${cleaned}`),
    altered > cleaned.length && `  and ${count(altered - cleaned.length, "more", "more")}`
  ])
}

/** The reason why the import does nothing. */
export const nobodyText = ({ column, file }: Reading): string => {
  const name = column.name === "" ? "" : ` (${shortened(column.name, maxName)})`
  return Display.line(`${file} has no valid address or member id in column ${column.index + 1}${name}.`)
}
