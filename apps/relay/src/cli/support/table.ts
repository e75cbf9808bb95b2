import { Display } from "@usher/admin"
import Table from "cli-table3"

/** Columns with a line under their names, and nothing else drawn. Text is wrapped in a column that has a width. */
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

/** A cell may hold several lines of ours, and what strangers wrote. */
const shown = (cell: string | number) =>
  typeof cell === "number" ? cell : cell.split("\n").map(Display.line).join("\n")
