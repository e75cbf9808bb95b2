import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { strToU8, zipSync } from "fflate"
import { limits } from "@usher/people/workbook"
import { read, refusal } from "./reading.ts"
import { type Rows, workbook } from "./workbooks.ts"

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
        first: [
          ["Jürgen & Co", "jg@example.com", "7"],
          ["Eva", "Eva <eva@example.com>", "8"],
          ["Max", "", "9"]
        ],
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
        "there is no sheet Gäste in the workbook. Give its name, or its number from 1"
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
