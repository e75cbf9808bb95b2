/** What is searched of a delivery. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { mentionOf } from "../../../src/store/forget/mention.ts"
import { isNamed, isNamedIn, textsOfBody, textsOfTarget } from "../../../src/store/forget/texts.ts"

const bo = mentionOf("bo@example.com")

it("a stored text names a person in any spelling, and no text names nobody", () => {
  expect(isNamedIn(bo, "bo%40example.com")).toBe(true)
  expect(isNamedIn(bo, "alice@example.com")).toBe(false)
  for (const none of ["", null]) expect(isNamedIn(bo, none)).toBe(false)
})

it.effect("one of several texts names a person", () =>
  Effect.gen(function* () {
    expect(yield* isNamed(bo, ["", "alice@example.com", "bo%40example.com"])).toBe(true)
    expect(yield* isNamed(bo, ["", "alice@example.com"])).toBe(false)
  })
)

it.effect.each([
  ["lets others run between its readings", 32_769, true],
  ["is read at once where it is short", 32_768, false]
] as const)("a long text %s", ([, length, letsRun]) =>
  Effect.gen(function* () {
    const others = { haveRun: false }
    yield* Effect.forkChild(
      Effect.sync(() => {
        others.haveRun = true
      })
    )
    yield* isNamed(bo, ["-".repeat(length)])
    expect(others.haveRun).toBe(letsRun)
  })
)

describe("the texts of a body", () => {
  const textsOf = (body: string, headers: Record<string, string>) =>
    Effect.map(textsOfBody(headers, new TextEncoder().encode(body)), ({ texts }) => texts)

  it.effect("are the body itself, and of a form also its fields", () =>
    Effect.gen(function* () {
      expect(yield* textsOf('{"a": 1}', { "content-type": "application/json" })).toEqual(['{"a": 1}'])
      expect(yield* textsOf('{"a": 1}', {})).toEqual(['{"a": 1}'])
      const form = { "content-type": " Application/X-WWW-Form-Urlencoded" }
      expect(yield* textsOf("a=b+c", form)).toEqual(["a=b+c", '{"a":"b c"}'])
    })
  )
})

it.each([
  ["/a+b", []],
  ["/a?b=c+d&e=f=g+h&+i", ["b\nc d\ne\nf=g h\n i"]],
  ["/?", [""]]
] as const)("of the target %s the parameters are read as well", (target, others) => {
  expect(textsOfTarget(target)).toEqual([target, ...others])
})
