import { Display } from "@usher/admin"
import Table from "cli-table3"

/** A table with a line under its heading and no other lines. Columns with a width wrap their text. */
export const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string | number>>,
  widths: ReadonlyArray<number | null> = []
): string => {
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
  lines.push(...rows.map((row) => row.map(shown)))
  return lines.toString()
}

/** Escapes each line of a cell, which may hold text from outside. */
const shown = (cell: string | number) =>
  typeof cell === "number" ? cell : cell.split("\n").map(Display.line).join("\n")
