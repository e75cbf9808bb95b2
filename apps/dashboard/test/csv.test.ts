import { expect, it } from "@effect/vitest"
import { DateTime } from "effect"
import { curl } from "../src/overview/curl.ts"
import { csv } from "../src/parts/csv.ts"

it("writes rows as CSV whose cells a spreadsheet never runs", () => {
  const at = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
  const rows = [
    { id: "1", member: '=HYPERLINK("x")', at, error: null },
    { id: "2", member: "+1", at, error: { tag: "a,b" }, more: true },
    { id: "3", member: "-1", at, error: null },
    { id: "4", member: "@a", at, error: null },
    { id: "5", member: "\ta", at, error: null },
    { id: "6", member: "a@b", at, error: null }
  ]
  const lines = csv(rows).split("\r\n")
  expect(lines[0]).toBe('"id","member","at","error","more"')
  expect(lines[1]).toBe(`"1","'=HYPERLINK(""x"")","2026-11-23T09:00:00.000Z","",""`)
  expect(lines[2]).toBe(`"2","'+1","2026-11-23T09:00:00.000Z","{""tag"":""a,b""}","true"`)
  expect(lines.slice(3, 7).map((line) => line.split(",")[1])).toEqual([`"'-1"`, `"'@a"`, `"'\ta"`, `"a@b"`])
})

it("writes the people of a webhook as text", () => {
  const rows = [
    { people: { first: "a@b", count: 3, isMore: false } },
    { people: { first: null, count: 1, isMore: false } },
    { people: { first: null, count: 0, isMore: false } }
  ]
  expect(csv(rows)).toBe('"people"\r\n"a@b + 2"\r\n"forgotten"\r\n""\r\n')
})

it("writes a delivery as a command that a shell takes literally", () => {
  const delivery = { url: "http://h/w", headers: { a: "b" }, body: `it's "$HOME"` }
  expect(curl(delivery)).toBe(
    ["curl 'http://h/w' \\", "  -H 'a: b' \\", `  --data-raw 'it'\\''s "$HOME"'`].join("\n")
  )
})
