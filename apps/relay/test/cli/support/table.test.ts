import { describe, expect, it } from "@effect/vitest"
import { beside, table, wrap } from "../../../src/cli/support/table.ts"

const head = ["Id", "Reason"]
const id = "wh_01KAAAAAAAAAAAAAAAAAAAAAAA"
const reason = "the mapping names no person because the body has no email address"

/** Without the spaces that fill the columns. */
const linesOf = (text: string) => text.split("\n").map((line) => line.trimEnd())

describe("a table", () => {
  it("takes the width that it needs without a terminal", () => {
    expect(linesOf(table(head, [[id, reason]], [], undefined)).at(-1)).toBe(` ${id}   ${reason}`)
  })

  it("takes at most the width of the terminal, and wraps its widest text between words", () => {
    for (const width of [60, 80, 100]) {
      const lines = linesOf(table(head, [[id, reason]], [], width))
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
      expect(lines.join("\n")).toContain(id)
      expect(lines.slice(2).join(" ").replaceAll(id, "").replaceAll(/\s+/g, " ").trim()).toBe(reason)
    }
  })

  it("becomes a list where the longest words don't fit, and cuts nothing off", () => {
    const rows = [
      [id, "person@example.com", "3f0c0000-0000-4000-8000-000000000000", 1],
      [id, "other@example.com", "two\nlines", 20]
    ]
    expect(linesOf(table(["Id", "Person", "Live", "Attempts"], rows, [], 80))).toEqual([
      `Id        ${id}`,
      "Person    person@example.com",
      "Live      3f0c0000-0000-4000-8000-000000000000",
      "Attempts  1",
      "",
      `Id        ${id}`,
      "Person    other@example.com",
      "Live      two",
      "          lines",
      "Attempts  20"
    ])
  })

  it("keeps the two columns of one record", () => {
    const text = table(["Webhook", id], [["Trace", "a".repeat(90)]], [], 40)
    expect(text).toContain("a".repeat(90))
    expect(linesOf(text)[0]).toBe(` Webhook   ${id}`)
  })

  it("escapes what a terminal would obey", () => {
    expect(table(["A", "B", "C"], [["\u001B[31m", "b".repeat(20), "c"]], [], 10)).not.toContain("\u001B")
  })
})

describe("a text", () => {
  it("breaks between words at the width of the terminal, and keeps its indentation", () => {
    expect(wrap("a heading\n    some words here", 13)).toBe("a heading\n    some\n    words\n    here")
    expect(wrap("as long as it is", undefined)).toBe("as long as it is")
  })

  it("stays as it is where it fits", () => {
    expect(wrap("two  spaces", 11)).toBe("two  spaces")
  })

  it("wraps beside its prefix, and keeps a least width on a narrow terminal", () => {
    expect(beside("12:00  ", "some words in two lines, or in three", 30)).toBe(
      "12:00  some words in two\n       lines, or in three"
    )
    expect(beside("12:00  ", "some words in two lines", 10)).toBe("12:00  some words in two\n       lines")
    expect(beside("12:00  ", "as long as it is", undefined)).toBe("12:00  as long as it is")
  })
})
