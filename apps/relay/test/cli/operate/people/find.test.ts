import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { read, refusal } from "./reading.ts"

const text = "Name\tE-Mail\r\nJürgen Grün\tjg@example.com\r\nEva\teva@example.com\r\n"
const people = ["jg@example.com", "eva@example.com"]

const encodings: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "UTF-8": [Buffer.from(text), "UTF-8"],
  "UTF-8 with a byte order mark": [Buffer.from(`\uFEFF${text}`), "UTF-8"],
  "UTF-16LE with a byte order mark": [Buffer.from(`\uFEFF${text}`, "utf16le"), "UTF-16LE"],
  "UTF-16BE with a byte order mark": [Buffer.from(`\uFEFF${text}`, "utf16le").swap16(), "UTF-16BE"],
  "UTF-16LE": [Buffer.from(text, "utf16le"), "UTF-16LE"],
  "UTF-16BE": [Buffer.from(text, "utf16le").swap16(), "UTF-16BE"],
  "Windows-1252": [Buffer.from(text, "latin1"), "Windows-1252"]
}

const others: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  "a damaged workbook": [Buffer.from("PK\u0003\u0004sheet"), "the file is a damaged workbook"],
  "an old workbook": [Buffer.from("d0cf11e0a1b11ae1", "hex"), "Save it as .xlsx, or the sheet as CSV UTF-8"],
  "a compressed file": [Buffer.from("1f8b0800", "hex"), "Unpack it first"],
  "a PDF": [Buffer.from("%PDF-1.7"), "the file is a PDF"],
  "UTF-32": [Buffer.from("fffe000065000000", "hex"), "the file is UTF-32"]
}

const Written = Schema.Struct({
  rows: Schema.Array(Schema.Struct({ note: Schema.String, id: Schema.Int })).check(Schema.isMinLength(1)),
  delimiter: Schema.Literals([",", ";", "\t", "|"]),
  end: Schema.Literals(["\n", "\r\n", "\r"]),
  utf16: Schema.Boolean
})

describe("the format of an import", () => {
  for (const [what, [bytes, encoding]] of Object.entries(encodings)) {
    it.effect(`reads ${what}`, () =>
      Effect.gen(function* () {
        expect(yield* read(bytes)).toMatchObject({ encoding, column: "2 E-Mail", people, problems: [] })
      })
    )
  }

  for (const [what, [bytes, why]] of Object.entries(others)) {
    it.effect(`refuses ${what}, and says what helps`, () =>
      Effect.gen(function* () {
        expect(yield* refusal(bytes)).toContain(why)
      })
    )
  }

  it.effect("shows names in Windows-1252 as they are written, and keeps a damaged file in UTF-8", () =>
    Effect.gen(function* () {
      const { first } = yield* read(Buffer.from("E-Mail,Name\na@example.com,M\u00FCller\n", "latin1"))
      expect(first).toEqual([["a@example.com", "M\u00FCller"]])
      const damaged = Buffer.concat([
        Buffer.from("E-Mail,Name\na@example.com,M\u00FCller "),
        Buffer.from([0xfc, 10])
      ])
      expect(yield* read(damaged)).toMatchObject({ encoding: "UTF-8", people: ["a@example.com"] })
    })
  )

  it.effect("tells cells in another encoding by their lines", () =>
    Effect.gen(function* () {
      const csv = "E-Mail;Name\r\na@example.com;Müller\r\nj\u00FCrgen@example.com;x\r\n"
      expect(yield* read(Buffer.from(csv, "latin1"))).toMatchObject({
        people: ["a@example.com"],
        problems: ["3: not valid UTF-8. Save the file as CSV UTF-8"]
      })
      const cut = Buffer.from("E-Mail\nq\uD800@example.com\n", "utf16le")
      expect(yield* read(cut)).toMatchObject({ people: [], problems: ["2: not valid UTF-16LE"] })
    })
  )

  it.effect("obeys Excel's sep= line, and --delimiter before it", () =>
    Effect.gen(function* () {
      const csv = "sep=;\r\nemail;name\r\na@example.com;x\r\nb@;y\r\n"
      expect(yield* read(csv)).toMatchObject({
        heading: 2,
        column: "1 email",
        people: ["a@example.com"],
        problems: ["4: it is not an email address"]
      })
      expect(yield* read("sep=;\nemail:x\na@example.com:1\n", { delimiter: ":" })).toMatchObject({
        people: ["a@example.com"]
      })
      expect(yield* refusal("email\n", { delimiter: ";;" })).toContain(
        "--delimiter: expected one character or tab"
      )
    })
  )

  it.effect("says of a cell how it differs from what is sent", () =>
    Effect.gen(function* () {
      const csv = [
        "email",
        '"Alice <alice@example.com>"',
        "mailto:m@example.com",
        "a26@example.com;a27@example.com",
        " \u00A0a28@example.com ",
        "a30@example.com\u200B",
        "'a31@example.com'",
        "=cmd|x@",
        "<br@example.com"
      ].join("\n")
      expect(yield* read(csv)).toMatchObject({
        people: ["alice", "m", "a26", "a27", "a28", "a30", "a31"].map((name) => `${name}@example.com`),
        cleaned: [
          "2: used only the address between < and >",
          "3: mailto: removed",
          "4: read as a list of 2 addresses",
          "6: invisible characters removed",
          "7: quotation marks, entities or Unicode forms normalized"
        ],
        problems: ["8: it is not an email address", "9: it is not an email address"]
      })
    })
  )

  it.effect("refuses what is broken before anything is taken, with the line", () =>
    Effect.gen(function* () {
      expect(yield* refusal('email\n"alice@example.com\n')).toBe("line 2: Unterminated quoted field")
      expect(yield* refusal('"email\n')).toBe("line 1: Unterminated quoted field")
      const tooLong = (line: number, limit: string) =>
        `line ${line}: the row is longer than ${limit}; shorten its cells, and check that each quotation mark is closed`
      expect(yield* refusal("x".repeat(600_000))).toBe(tooLong(1, "512 KiB"))
      const huge = "x".repeat(1_100_000)
      const people = ["a@example.com,", "b@example.com,", "c@example.com,", "d@example.com,"]
      for (const cell of [huge, `"${huge}"`, `"${huge}`]) {
        const row = `e@example.com,${cell}`
        expect(yield* refusal(["email,note", row, ...people].join("\n"))).toBe(tooLong(2, "1 MiB"))
        expect(yield* refusal(["email,note", ...people, row].join("\n"))).toBe(tooLong(6, "1 MiB"))
      }
      const long = `email,note\ne@example.com,"${"x".repeat(600_000)}"\n`
      expect(yield* read(long)).toMatchObject({ people: ["e@example.com"] })
    })
  )

  it.effect.prop(
    "reads back what a spreadsheet writes, whatever the cells beside the address are",
    [Written],
    ([{ delimiter, end, rows, utf16 }]) =>
      Effect.gen(function* () {
        const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
        const csv = [["Note", "E-Mail"], ...rows.map(({ id, note }) => [note, `p${id}@example.com`])]
          .map((cells) => cells.map(quoted).join(delimiter))
          .join(end)
        const bytes = Buffer.from(`\uFEFF${csv}`, utf16 ? "utf16le" : "utf8")
        expect(yield* read(bytes)).toMatchObject({
          column: "2 E-Mail",
          people: rows.map(({ id }) => `p${id}@example.com`),
          problems: []
        })
      })
  )
})
