/**
 * Each sentence of the handbook that promises a bound, a default or a refusal is named by a test. The register of them is
 * `promises.txt`; `register.ts` says how a line is written.
 */
import { describe, expect, it } from "@effect/vitest"
import { figuresOf, handbook, isPromise, read, sentences } from "./handbook.ts"
import { illegible, isTest, kinds, promises } from "./register.ts"

const all = sentences(handbook(), "key")
const told = all.filter(({ text }) => isPromise(text))
const register = read("apps/relay/test/handbook/promises.txt")
const registered = promises(register)

/** Of a sentence; others than those of the rule may be registered, too. */
const linesOf = ({ heading, text }: { readonly heading: string; readonly text: string }) =>
  registered.filter((line) => line.heading === heading && text.includes(line.words))

const shown = ({ heading, text }: { readonly heading: string; readonly text: string }) =>
  `${heading}: ${text}`

describe("the register of promises", () => {
  it("is legible", () => {
    expect(told.length).toBeGreaterThan(200)
    expect(illegible(register)).toEqual([])
  })

  it("has every sentence that promises a bound, a default or a refusal", () => {
    expect(told.filter((sentence) => linesOf(sentence).length === 0).map(shown)).toEqual([])
  })

  it("has every amount in them", () => {
    const missing = told.flatMap((sentence) => {
      const lines = linesOf(sentence)
      const without = figuresOf(sentence.text).filter(
        (figure) => !lines.some(({ words }) => figuresOf(words).includes(figure))
      )
      return lines.length === 0 || without.length === 0 ? [] : [`${without.join(", ")} in ${shown(sentence)}`]
    })
    expect(missing).toEqual([])
  })

  it("has no promise that the handbook no longer makes", () => {
    const stale = registered.filter(
      ({ heading, words }) =>
        !all.some((sentence) => sentence.heading === heading && sentence.text.includes(words))
    )
    expect(stale.map(({ heading, words }) => `${heading}: ${words}`)).toEqual([])
  })

  it("names tests that there are, or why there is none", () => {
    expect(registered.filter(({ shownBy }) => !kinds.has(shownBy) && !isTest(shownBy))).toEqual([])
  })
})

describe("a sentence", () => {
  it("promises by an amount, or by a word that bounds, refuses or excludes", () => {
    const promised = (text: string) => [isPromise(text), figuresOf(text)]
    expect(promised("It waits for two seconds, or 1 MiB.")).toEqual([true, ["two seconds", "1 MiB"]])
    expect(promised("It never waits.")).toEqual([true, []])
    expect(promised("It is answered with 401.")).toEqual([true, []])
    expect(promised("It waits for `2 hours`, as in the example.")).toEqual([false, []])
  })
})
