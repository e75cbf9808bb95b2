/** Renders reports as Markdown, which a terminal shows well, too. */
import type { Report, Table } from "./Report.ts"

export const table = ({ head, rows }: Pick<Table, "head" | "rows">): string => {
  const widths = head.map((name, column) =>
    Math.max(3, name.length, ...rows.map((row) => row[column]?.length ?? 0))
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

/** Renders the caveat, the tables, the plots, the notes and the conditions of the measurement. */
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

/** Inserts a text between the markers of a section. Undefined if they are missing. */
export const insert = (document: string, section: string, text: string): string | undefined => {
  const [start, end] = [`<!-- bench:${section} -->`, `<!-- /bench:${section} -->`]
  const from = document.indexOf(start)
  const to = document.indexOf(end)
  return from < 0 || to < from
    ? undefined
    : `${document.slice(0, from + start.length)}\n\n${text}\n\n${document.slice(to)}`
}
