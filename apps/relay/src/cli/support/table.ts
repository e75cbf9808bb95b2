import { Display } from "@usher/admin"
import Table from "cli-table3"

/** The cells of a row. */
export type Cells = ReadonlyArray<string | number>

/** Around the text of each cell, and between two columns. */
const [padding, gap] = [2, 1]

/**
 * A table with a line under its heading and no other lines. On a terminal it takes at most the terminal's width: text wraps
 * between words, and a table that is still too wide becomes a list with a block for each row, or what `tooWide` makes of it.
 * Nothing is cut off. `widths` limits columns everywhere.
 */
export const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<Cells>,
  widths: ReadonlyArray<number | null> = [],
  terminal: number | undefined = process.stdout.columns,
  tooWide: (head: ReadonlyArray<string>, rows: ReadonlyArray<Cells>) => string = expanded
): string => {
  const shown = rows.map((row) => row.map(escaped))
  if (terminal === undefined) return drawn(head, shown, widths)
  const fitting = fit([head, ...shown], widths, terminal)
  if (fitting !== undefined) return drawn(head, shown, fitting)
  return head.length > 2 ? tooWide(head, shown) : drawn(head, shown, widths)
}

const drawn = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<Cells>,
  widths: ReadonlyArray<number | null>
) => {
  const lines = new Table({
    head: [...head],
    colWidths: [...widths],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "─",
      "mid-mid": "─",
      right: "",
      "right-mid": "",
      middle: " "
    }
  })
  lines.push(...rows.map((row) => [...row]))
  return lines.toString()
}

/** The widths of columns that fit, or undefined if the longest words of the columns are too wide together. */
const fit = (
  rows: ReadonlyArray<Cells>,
  widths: ReadonlyArray<number | null>,
  terminal: number
): ReadonlyArray<number> | undefined => {
  const columns = (rows[0] ?? []).map((_, index) => rows.map((row) => String(row[index] ?? "")))
  const fitted = columns.map((cells, index) => widths[index] ?? longest(cells, "\n") + padding)
  const least = columns.map((cells) => longest(cells, /\s/) + padding)
  let excess = fitted.reduce((sum, width) => sum + width + gap, -gap) - terminal
  while (excess > 0) {
    const room = fitted.map((width, index) => (width > (least[index] ?? 0) ? width : 0))
    const widest = Math.max(...room)
    if (widest === 0) return undefined
    fitted[room.indexOf(widest)] = widest - 1
    excess--
  }
  return fitted
}

const longest = (cells: ReadonlyArray<string>, separator: string | RegExp) =>
  Math.max(...cells.flatMap((cell) => cell.split(separator).map((part) => [...part].length)))

/** A block for each row, with a line for each column. */
const expanded = (head: ReadonlyArray<string>, rows: ReadonlyArray<Cells>): string => {
  const width = longest(head, "\n")
  return rows
    .map((row) =>
      row
        .map((cell, index) => {
          const name = (head[index] ?? "").padEnd(width)
          return `${name}  ${String(cell).replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`.trimEnd()
        })
        .join("\n")
    )
    .join("\n\n")
}

/** Breaks each line of a text between words where it is wider than the terminal. The indentation of a line is kept. */
export const wrap = (text: string, terminal: number | undefined = process.stdout.columns): string =>
  terminal === undefined
    ? text
    : text
        .split("\n")
        .map((line) => wrapLine(line, terminal))
        .join("\n")

/** The text beside a prefix, wrapped in the room that is left, with spaces below the prefix. */
export const beside = (
  prefix: string,
  text: string,
  terminal: number | undefined = process.stdout.columns
): string => {
  const room = terminal === undefined ? undefined : Math.max(terminal - prefix.length, leastRoom)
  return prefix + wrap(text, room).replaceAll("\n", `\n${" ".repeat(prefix.length)}`)
}

/** The least width of a text beside a prefix, in characters. A narrower terminal breaks the lines itself. */
const leastRoom = 20

const wrapLine = (line: string, width: number): string => {
  if ([...line].length <= width) return line
  const [indent = ""] = /^ */.exec(line) ?? []
  const lines: Array<string> = []
  for (const word of line.trim().split(/ +/)) {
    const last = lines.at(-1)
    if (last !== undefined && [...last, ...word].length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(indent + word)
  }
  return lines.join("\n")
}

/** Escapes each line of a cell, which may hold text from outside. */
const escaped = (cell: string | number) =>
  typeof cell === "number" ? cell : cell.split("\n").map(Display.line).join("\n")
