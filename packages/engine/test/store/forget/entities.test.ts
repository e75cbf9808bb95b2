import { expect, it } from "@effect/vitest"
import { unescapeEntities } from "../../../src/store/forget/entities.ts"

it.each([
  ["by name", "bo&commat;example&period;com", "bo@example.com"],
  ["by name in another case", "bo&COMMAT;example", "bo@example"],
  ["by decimal number", "bo&#64;example", "bo@example"],
  ["by hexadecimal number", "bo&#x40;&#X2e;example", "bo@.example"],
  ["up to the last character of Unicode", "&#x10ffff;&#1114111;", "\u{10FFFF}\u{10FFFF}"],
  ["but not beyond it", "&#x110000;&#1114112;", "&#x110000;&#1114112;"],
  ["and leaves other names as they are", "&foo;&bo@example.com;", "&foo;&bo@example.com;"],
  ["once only", "&amp;lt;", "&lt;"]
])("an entity is read %s", (_, text, read) => {
  expect(unescapeEntities(text)).toBe(read)
})
