import { describe, expect, it } from "@effect/vitest"
import { DateTime } from "effect"
import type { Lives } from "../src/index.ts"
import { headings, lines } from "../src/internal/server/exporting.ts"

const exported: Lives.Exported = {
  id: "inv_1",
  member: "alice@example.com",
  status: "invited",
  spot: "main",
  liveId: "live-1",
  source: "form",
  createdAt: DateTime.makeUnsafe("2030-01-01T10:00:00Z"),
  settledAt: null,
  attempts: 2,
  lastError: null
}

const person = (member: string | null) => lines.csv({ ...exported, member }).split(",invited,")[0]

describe("an exported invitation", () => {
  it("has a cell below each heading", () => {
    expect(headings.csv.split(",").length).toBe(lines.csv(exported).split(",").length)
    expect(lines.csv(exported)).toBe(
      "alice@example.com,invited,2030-01-01T10:00:00.000Z,,2,,form,live-1,main,inv_1\n"
    )
  })

  it.each([
    ["=1+2@example.com", "'=1+2@example.com"],
    ["+1@example.com", "'+1@example.com"],
    ["-1@example.com", "'-1@example.com"],
    ["@example.com", "'@example.com"],
    ["\t=1", "\\u{0009}=1"],
    ["\r=1", "\\u{000D}=1"],
    ['"a;=b"@example.com', `"""a;'=b""@example.com"`],
    ["a=b@example.com", "a=b@example.com"],
    ["a\n=b", "a\\u{000A}=b"],
    ["a,b", '"a,b"'],
    [null, ""]
  ])("has no cell that a spreadsheet runs: %j", (member, cell) => {
    expect(person(member)).toBe(cell)
  })

  it("is one line of JSON", () => {
    expect(headings.ndjson).toBe("")
    expect(lines.ndjson({ ...exported, member: "a\n=b" })).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(lines.ndjson(exported))).toEqual({
      ...exported,
      createdAt: "2030-01-01T10:00:00.000Z"
    })
  })
})
