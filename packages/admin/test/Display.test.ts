import { describe, expect, it } from "@effect/vitest"
import { Display } from "../src/index.ts"

describe("a text of one line", () => {
  it.each([
    ["alice@example.com", "alice@example.com"],
    ["\u202Emoc.elpmaxe@live", "\\u{202E}moc.elpmaxe@live"],
    ["alice\u200B@example.com\uFEFF", "alice\\u{200B}@example.com\\u{FEFF}"],
    [
      "a\u2066b\u2069c\u00ADd\u0007e\u001B[31m\u0085\n",
      "a\\u{2066}b\\u{2069}c\\u{00AD}d\\u{0007}e\\u{001B}[31m\\u{0085}\\u{000A}"
    ],
    ["tag \u{E0041}, half \uD800, filler \u3164", "tag \\u{E0041}, half \\u{D800}, filler \\u{3164}"],
    ["\u0430lice@example.com", "\u0430lice@example.com [U+0430]"],
    ["alice@ex\u0430mple.c\u03BFm", "alice@ex\u0430mple.c\u03BFm [U+0430 U+03BF]"],
    [
      "alice@\u0430\u0440\u0440\u04CF\u0435.com",
      "alice@\u0430\u0440\u0440\u04CF\u0435.com [U+0430 U+0440 U+04CF U+0435]"
    ],
    ["\uFF41lice@example.com", "\uFF41lice@example.com [U+FF41]"],
    ["\u{1D41A}lice@example.com", "\u{1D41A}lice@example.com [U+1D41A]"],
    ["анна@почта.рф", "анна@почта.рф"],
    ["jörg@müller.example", "jörg@müller.example"],
    ["用户@例え.テスト", "用户@例え.テスト"],
    ["member-7@2024.example", "member-7@2024.example"]
  ])("%j shows as %j", (text, shown) => {
    expect(Display.line(text)).toBe(shown)
  })
})

it("a body keeps its lines, and shows look-alikes where they stand", () => {
  const body = '{\n\t"email": "\u0430lice@example.com", "name": "\u202EАнна"\r\n}\r'
  expect(Display.block(body)).toBe(
    '{\n\t"email": "\\u{0430}lice@example.com", "name": "\\u{202E}Анна"\n}\\u{000D}'
  )
})

it("JSON stays the same value, without a character that a terminal obeys", () => {
  const value = { "a\u202E": "\u009B31m\u200B\u{E0041}\uFEFF\u3164", b: "\u0430lice\n" }
  const text = Display.json(JSON.stringify(value))
  expect(JSON.parse(text)).toEqual(value)
  expect(text).not.toMatch(/[\p{Cf}\p{Cc}]/u)
})
