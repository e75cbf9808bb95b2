/** Reports as Markdown, which reads well in a terminal too. */
import type { Report, Table } from "./Report.ts"

const widthOf = (text: string) => text.length

export const table = ({ head, rows }: Pick<Table, "head" | "rows">): string => {
  const widths = head.map((name, column) =>
    Math.max(3, widthOf(name), ...rows.map((row) => widthOf(row[column] ?? "")))
  )
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  const line = (cells: ReadonlyArray<string>) => `| ${cells.map(cell).join(" | ")} |`
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))
  return [
    line(head),
    `| ${rule.join(" | ")} |`,
    ...rows.map((row) => line(head.map((_, at) => row[at] ?? "")))
  ].join("\n")
}

/** With what the figures were taken on, and before them what is to be known of all. */
export const report = (
  { tables, plots, notes }: Report,
  conditions: ReadonlyArray<string>,
  caveat?: string
): string =>
  [
    ...(caveat === undefined ? [] : [`**${caveat}**`]),
    ...tables.map((one) => `**${one.title}**\n\n${table(one)}`),
    ...plots.map(({ name, alt }) => `![${alt}](benchmarks/${name}.svg)`),
    [...notes, ...conditions].map((note) => `- ${note}`).join("\n")
  ].join("\n\n")

const marks = (section: string) => [`<!-- bench:${section} -->`, `<!-- /bench:${section} -->`] as const

/** Puts it between its markers; what stands around them is written by people. Undefined if the markers are missing. */
export const insert = (document: string, section: string, text: string): string | undefined => {
  const [start, end] = marks(section)
  const from = document.indexOf(start)
  const to = document.indexOf(end)
  return from < 0 || to < from
    ? undefined
    : `${document.slice(0, from + start.length)}\n\n${text}\n\n${document.slice(to)}`
}
