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
  lines.push(...rows.map((row) => [...row]))
  return lines.toString()
}
