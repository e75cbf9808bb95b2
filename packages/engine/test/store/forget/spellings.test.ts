/** Every reading of a text, in order. */
import { describe, expect, it } from "@effect/vitest"
import { spellings } from "../../../src/store/forget/spellings.ts"

const read = (text: string) => [...spellings(text)]
const base64 = (text: string) => Buffer.from(text).toString("base64")

describe("a text is read", () => {
  it.each([
    ["once where nothing is escaped", "Hello, bo=40example.com invitation", []],
    ["without the escapes of JSON", String.raw`a\x40\u0062\n\/\q`, ["a@b\n/q"]],
    ["without percent encoding", "a%40b %u0040 %C3%BC %FC", ["a@b @ ü ü"]],
    ["with spaces for the plus signs beside %40 alone", "c+d a+b%40e", ["c+d a b@e"]],
    ["with plus signs where nothing is encoded", "a+b%2Fc", ["a+b/c"]],
    ["without entities", "a&#64;b", ["a@b"]],
    ["in Base64", base64("Hello, Bo"), ["Hello, Bo"]],
    ["in Base64 and its escapes", base64("a%40b%40c"), ["a%40b%40c", "a@b@c"]],
    [
      "in Base64 beside an escape once",
      String.raw`${base64("Hello, Bo")}\n`,
      [`${base64("Hello, Bo")}\n`, "Hello, Bo"]
    ],
    ["in Base64 with escaped slashes", "Pz8/Pz8/Pz8/".replaceAll("/", "\\/"), ["Pz8/Pz8/Pz8/", "?????????"]],
    ["as quoted-printable where it says so", "Quoted-Printable a=40b=\nc", ["Quoted-Printable a@bc"]]
  ] as const)("%s", (_, text, readings) => {
    expect(read(text)).toEqual([text, ...readings])
  })

  it("as often as four escapes take, and no more", () => {
    const escaped = (times: number) => `a%${"25".repeat(times - 1)}40b`
    expect(read(escaped(4)).at(-1)).toBe("a@b")
    expect(read(escaped(5)).at(-1)).toBe("a%40b")
  })
})
