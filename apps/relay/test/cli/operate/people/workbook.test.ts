import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { strToU8, zipSync } from "fflate"
import { limits } from "../../../../src/cli/operate/people/workbook.ts"
import { read, refusal } from "./reading.ts"

type Rows = ReadonlyArray<ReadonlyArray<string | number | undefined>>

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
const workbook = (
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

const guests: Rows = [
  ["Name", "E-Mail", "Id"],
  ["Jürgen & Co", "jg@example.com", 7],
  [],
  ["Eva", "Eva <eva@example.com>", 8],
  ["Max", undefined, 9]
]

describe("an import of a workbook", () => {
  it.effect("reads the first sheet, with the numbers of its rows", () =>
    Effect.gen(function* () {
      expect(yield* read(workbook({ Guests: guests, Other: [["E-Mail"], ["no@example.com"]] }))).toEqual({
        column: "2 E-Mail",
        heading: 1,
        encoding: "Excel workbook",
        people: ["jg@example.com", "eva@example.com"],
        problems: ["5: empty cell"],
        cleaned: ["4: used only the address between < and >"]
      })
    })
  )

  it.effect("reads a sheet by its name or number, and numbers as they are written", () =>
    Effect.gen(function* () {
      const bytes = workbook({ Other: [["x"]], Guests: [["Spot member id"], [12345678901]] })
      const memberId = /^\d+$/
      for (const sheet of ["Guests", "2"]) {
        expect(yield* read(bytes, { sheet, memberId })).toMatchObject({ people: ["12345678901"] })
      }
      expect(yield* refusal(bytes, { sheet: "Gäste" })).toBe(
        "there is no sheet Gäste in the workbook. Give --sheet its name or its number"
      )
    })
  )

  it.effect("refuses an archive that is none, before it decompresses anything", () =>
    Effect.gen(function* () {
      expect(yield* refusal(zipSync({ "people.csv": strToU8("a@example.com") }))).toBe(
        "the file is a damaged workbook, or another ZIP archive: it has no xl/workbook.xml"
      )
      const files = Object.fromEntries(
        Array.from({ length: limits.entries }, (_, at) => [`${at}.xml`, strToU8("")])
      )
      expect(yield* refusal(workbook({ Guests: guests }, files))).toBe(
        "the archive has more than 1,000 files"
      )
      expect(yield* refusal(workbook({ Guests: guests }).slice(0, -30))).toContain("damaged")
    })
  )

  it.effect("refuses contents that are too large, or much larger than the file", () =>
    Effect.gen(function* () {
      const bomb = workbook({ Guests: guests }, { "xl/media.xml": new Uint8Array(4 * 2 ** 20) })
      expect(yield* refusal(bomb)).toBe(
        "the contents are more than 200 times as large as the file, which no list of people is"
      )
      const sizes = new DataView(bomb.buffer, bomb.byteOffset)
      // The size in the archive's list of contents.
      const entry = bomb.findLastIndex(
        (_, at) => sizes.byteLength - at > 4 && sizes.getUint32(at, true) === 0x02014b50
      )
      sizes.setUint32(entry + 24, limits.contents + 1, true)
      expect(yield* refusal(bomb)).toBe("the workbook is larger than 128 MiB. Save the sheet as CSV UTF-8")
    })
  )

  it.effect("decompresses no more than the archive says", () =>
    Effect.gen(function* () {
      const bomb = workbook({ Guests: guests }, { "xl/media.xml": new Uint8Array(16 * 2 ** 20) })
      const sizes = new DataView(bomb.buffer, bomb.byteOffset)
      const entry = bomb.findLastIndex(
        (_, at) => sizes.byteLength - at > 4 && sizes.getUint32(at, true) === 0x02014b50
      )
      sizes.setUint32(entry + 24, 10, true)
      const before = process.memoryUsage().arrayBuffers
      yield* Effect.exit(read(bomb))
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20)
    })
  )
})
