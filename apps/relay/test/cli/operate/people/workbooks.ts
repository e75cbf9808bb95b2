/** Writes Excel workbooks as spreadsheets do. */
import { strToU8, zipSync } from "fflate"

export type Rows = ReadonlyArray<ReadonlyArray<string | number | undefined>>

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** A sheet as spreadsheets write it: texts by their index in the shared strings, numbers in place, no empty cells and rows. */
const sheetOf = (rows: Rows, strings: Array<string>) =>
  `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows
    .map((cells, row) =>
      cells.length === 0
        ? ""
        : `<row r="${row + 1}">${cells
            .map((cell, column) => {
              const at = `r="${String.fromCodePoint(65 + column)}${row + 1}"`
              if (cell === undefined) return ""
              if (typeof cell === "number") return `<c ${at}><v>${cell}</v></c>`
              return `<c ${at} t="s"><v>${strings.push(cell) - 1}</v></c>`
            })
            .join("")}</row>`
    )
    .join("")}</sheetData></worksheet>`

const relations = (entries: ReadonlyArray<readonly [id: string, type: string, target: string]>) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${entries
    .map(
      ([id, type, target]) =>
        `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`
    )
    .join("")}</Relationships>`

const xmlns =
  'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'

/** A workbook with these sheets. */
export const workbook = (
  sheets: Readonly<Record<string, Rows>>,
  others: Readonly<Record<string, Uint8Array>> = {}
) => {
  const strings: Array<string> = []
  const names = Object.keys(sheets)
  const files = Object.values(sheets).map((rows, index): readonly [name: string, text: string] => [
    `xl/worksheets/sheet${index + 1}.xml`,
    sheetOf(rows, strings)
  ])
  const parts: Record<string, string> = {
    "_rels/.rels": relations([["rId1", "officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `<workbook ${xmlns}><sheets>${names
      .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relations([
      ...names.map(
        (_, index) => [`rId${index + 1}`, "worksheet", `worksheets/sheet${index + 1}.xml`] as const
      ),
      ["rIdS", "sharedStrings", "sharedStrings.xml"]
    ]),
    ...Object.fromEntries(files),
    "xl/sharedStrings.xml": `<sst ${xmlns}>${strings.map((text) => `<si><t>${escaped(text)}</t></si>`).join("")}</sst>`
  }
  return zipSync({
    ...Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])),
    ...others
  })
}
