/** Where an address or an id begins and ends in a text, as it is written. */
import { describe, expect, it } from "@effect/vitest"
import { mentionOf } from "../../../src/store/forget/mention.ts"

const bo = "bo@example.com"
const uuid = "f00c7a52-9d5e-4c1b-8f5e-0a1b2c3d4e5f"

/** Looks for each of the texts in which the person is named. */
const named = (person: string, texts: ReadonlyArray<string>) => texts.filter(mentionOf(person).isIn)

describe("an address", () => {
  it("begins at a mark that is no part of one", () => {
    const texts = [
      bo,
      `Hello ...${bo}`,
      `write email=${bo}`,
      `?a&${bo}`,
      `"&${bo}"`,
      `+/${bo}`,
      `//example.org/a/${bo}`,
      `&foo;${bo}`,
      `'${bo}`
    ]
    expect(named(bo, texts)).toEqual(texts)
  })

  it("does not begin within a longer one", () => {
    const texts = [
      `x${bo}`,
      `a.${bo}`,
      `who? r&${bo}`,
      `/see a/${bo}`,
      `o'${bo}`,
      `&#43;${bo}`,
      `&plus;${bo}`,
      `?a+b=${bo}`
    ]
    expect(named(bo, texts)).toEqual([])
  })

  it("does not begin at the letter of an escape", () => {
    expect(named(bo, [String.raw`\${bo}`, String.raw`\\\${bo}`])).toEqual([])
    expect(named(bo, [String.raw`\\${bo}`])).toHaveLength(1)
    expect(named("42@example.com", [String.raw`\42@example.com`])).toHaveLength(1)
  })

  it("ends at a mark that is no part of one, or at an entity that is none", () => {
    const texts = [`${bo}.`, `${bo}. More`, `${bo}&x=1`, `${bo}&foo;`, `${bo}-`, `${bo}/`]
    expect(named(bo, texts)).toEqual(texts)
  })

  it("does not end within a longer one", () => {
    const texts = [`${bo}m`, `${bo}.au`, `${bo}--x`, `${bo}%2eau`, `${bo}&#46;au`, String.raw`${bo}\x2eau`]
    expect(named(bo, texts)).toEqual([])
  })

  it("is looked at with 200 characters before it and 12 behind it, so that a text is read in linear time", () => {
    const before = (length: number) => `+${"x".repeat(length - 2)}=${bo}`
    expect(named(bo, [before(200)])).toEqual([])
    expect(named(bo, [before(201)])).toHaveLength(1)
    const behind = (length: number) => `${bo}${"-".repeat(length - 1)}x`
    expect(named(bo, [behind(12)])).toEqual([])
    expect(named(bo, [behind(13)])).toHaveLength(1)
  })
})

describe("a member id", () => {
  it("begins and ends at a mark that is no part of one", () => {
    const texts = [
      uuid,
      `-${uuid}`,
      `.${uuid}.`,
      `a/${uuid}/b`,
      `${uuid}-`,
      `&foo;${uuid}&foo;`,
      `&${uuid}&x`
    ]
    expect(named(uuid, texts)).toEqual(texts)
  })

  it("does not begin or end within a longer one", () => {
    const texts = [
      `x${uuid}`,
      `_${uuid}`,
      `@${uuid}`,
      `1.${uuid}`,
      `a&#45;${uuid}`,
      String.raw`\${uuid}`,
      `${uuid}x`,
      `${uuid}_`,
      `${uuid}@x`,
      `${uuid}.x`,
      `${uuid}&#45;1`,
      String.raw`${uuid}\u002d1`
    ]
    expect(named(uuid, texts)).toEqual([])
  })

  it("is beside an escape in whatever case its digits are", () => {
    const id = "Member-17"
    expect(named(id, [`x&#x2D;${id}`, String.raw`${id}\u002D1`, `${id}&#X2D;1`])).toEqual([])
    expect(named("Noah-1234", [String.raw`\Noah-1234`])).toEqual([])
  })

  it("is looked at with 200 characters before it", () => {
    const before = (length: number) => `${"\\".repeat(length)}${uuid}`
    expect(named(uuid, [before(200), before(202)])).toHaveLength(2)
    expect(named(uuid, [before(199)])).toEqual([])
  })
})
