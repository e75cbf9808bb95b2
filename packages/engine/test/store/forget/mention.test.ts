/** Under which spellings a person may be stored, and which texts name them. */
import { describe, expect, it } from "@effect/vitest"
import { mentionOf } from "../../../src/store/forget/mention.ts"

describe("a person is stored as", () => {
  it.each([
    ["an address, with its local part in quotation marks or not", "bo@example.com", ['"bo"@example.com']],
    ["an address in quotation marks, or without them", '"bo"@example.com', ["bo@example.com"]],
    ["an address that needs its quotation marks", '"b o"@example.com', []],
    [
      "an address with either spelling of its domain",
      "bo@münchen.de",
      ['"bo"@münchen.de', "bo@xn--mnchen-3ya.de", '"bo"@xn--mnchen-3ya.de']
    ],
    ["an address whose domain IDNA does not know", "bo@xn--aä.com", ['"bo"@xn--aä.com']],
    ["a member id of the Spot's own kind", "Member-17", []],
    [
      "a UUID in either case",
      "3f0c7a52-9d5e-4c1b-8f5e-0a1b2c3d4e5F",
      ["3f0c7a52-9d5e-4c1b-8f5e-0a1b2c3d4e5f", "3F0C7A52-9D5E-4C1B-8F5E-0A1B2C3D4E5F"]
    ]
  ] as const)("%s", (_, person, others) => {
    expect(mentionOf(person).members.toSorted()).toEqual([person, ...others].toSorted())
  })
})

describe("a text names a person", () => {
  it("where they stand behind somebody else", () => {
    expect(mentionOf("bo@example.com").isIn("jumbo@example.com, bo@example.com")).toBe(true)
    expect(mentionOf("bo@example.com").isIn("jumbo@example.com")).toBe(false)
  })

  it("in composed letters or not, but with no more marks on a letter than a language has", () => {
    const { isIn } = mentionOf("jürgen@example.com")
    const apart = "jürgen@example.com".normalize("NFD")
    expect(isIn(`a${"\u0301".repeat(30)} ${apart}`)).toBe(true)
    // Composing takes the square of the marks.
    expect(isIn(`a${"\u0301".repeat(31)} ${apart}`)).toBe(false)
  })
})
