import { describe, expect, it } from "vitest"
import { find } from "../src/find.ts"
import { instrument } from "../src/instrument.ts"

const mutantsOf = (source: string) => find("x.ts", source).map(({ from, to }) => `${from} → ${to}`)

describe("the faults of code", () => {
  it("move a bound and turn a comparison", () => {
    expect(mutantsOf("const isLate = (at: number) => at < 5")).toEqual([
      "at < 5 → at <= 5",
      "at < 5 → at >= 5",
      "< 5 → < 6",
      "< 5 → < 4"
    ])
  })

  it("leave out a side of a condition, a step of a pipe, and a statement", () => {
    expect(mutantsOf("const both = (a: boolean, b: boolean) => a && b")).toEqual([
      "=> a && b → => a",
      "=> a && b → => b"
    ])
    expect(mutantsOf("const c = (x: X) => x.pipe(a, b)")).toEqual([
      "x.pipe(a, b) → x.pipe(b)",
      "x.pipe(a, b) → x.pipe(a)"
    ])
    expect(mutantsOf("const f = () => {\n  stop()\n}")).toEqual(["stop() → undefined"])
  })

  it("leave a comparator's results alone, of which only the sign is read", () => {
    expect(mutantsOf("const order = (a: X, b: X) => (isLess(a, b) ? -1 : 1)")).toEqual([
      "isLess(a, b) ? -1 : 1 → -1",
      "isLess(a, b) ? -1 : 1 → 1"
    ])
  })

  it("leave alone whether results are discarded, which nobody sees", () => {
    expect(mutantsOf("const all = () => forEach(list, f, { discard: true, eager: true })")).toEqual([
      "eager: true }) → eager: false })"
    ])
  })

  it("are in no type, in no comment and in no log message", () => {
    expect(mutantsOf("type One = 1\n/** 2 */\nexport const f = () => Effect.logInfo(`${1 + 1}`)")).toEqual([])
    expect(mutantsOf("function* f() {\n  yield* Effect.logInfo('stopped').pipe(annotated)\n}")).toEqual([])
  })
})

describe("the faults of SQL", () => {
  const sql = (text: string) => mutantsOf(`const q = () => sql\`${text}\``)

  it("let a condition always hold, and move its bound", () => {
    expect(sql("SELECT id FROM t WHERE a = ${a} AND due_at <= ${now} LIMIT 5")).toEqual([
      "WHERE a = ${a} AND → WHERE (a = ${a} OR 1 = 1) AND",
      "due_at <= ${now} → (due_at <= ${now} OR 1 = 1)",
      "due_at <= ${now} → due_at < ${now}",
      "LIMIT 5` → LIMIT 6`"
    ])
  })

  it("leave a column as it is, and turn an order", () => {
    expect(
      sql("UPDATE t SET a = ${a}, b = b - ${n} WHERE id IN (SELECT id FROM t ORDER BY at, id DESC)")
    ).toEqual(expect.arrayContaining(["SET a = ${a}, → SET a = a,", "BY at, → BY at DESC,"]))
  })

  it("leave alone what is embedded, and texts", () => {
    expect(sql("SELECT 'a < b AND 1'")).toEqual([])
  })
})

describe("a file with all its mutants", () => {
  const evaluate = async (source: string, active: number) => {
    const code = instrument("x.ts", source, find("x.ts", source))
    Object.assign(globalThis, { __usherMutant: (mutant: number) => mutant === active })
    const url = `data:text/javascript,${encodeURIComponent(`${code}\n//${active}`)}`
    const module: { readonly f: (n: number) => unknown } = await import(url)
    return module.f
  }

  it("is the file while none is on, and another with each", async () => {
    const source =
      "const step = 2\nexport const f = (n) => {\n  let at = n\n  if (at < 4) at += step\n  return at\n}"
    const results: Array<ReadonlyArray<unknown>> = []
    for (const mutant of [0, ...find("x.ts", source).map(({ id }) => id)]) {
      const f = await evaluate(source, mutant)
      results.push([f(1), f(3), f(4)])
    }
    const [original, ...mutated] = results.map((result) => result.join(" "))
    expect(original).toBe("3 5 4")
    expect(mutated).not.toContain(original)
  })
})
