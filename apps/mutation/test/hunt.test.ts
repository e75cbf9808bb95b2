import { describe, expect, it } from "vitest"
import { readFileSync } from "node:fs"
import { find } from "../src/find.ts"
import { instrument } from "../src/instrument.ts"
import { countsOf, scoreOf, survivors } from "../src/report.ts"
import { hunt } from "../src/run/hunt.ts"

const file = "apps/mutation/test/sample/sample.ts"
const source = readFileSync(new URL("sample/sample.ts", import.meta.url), "utf8")
const mutants = find(file, source)
const told = ({ from, to }: { readonly from: string; readonly to: string }) => `${from} → ${to}`
const isReversal = ({ to }: { readonly to: string }) => to === "a + b)"

describe("the mutants of a file", () => {
  it("are killed by a test that fails or never ends, and survive where no test looks", async () => {
    const found = await hunt({
      file,
      code: instrument(file, source, mutants),
      tests: ["apps/mutation/test/sample/sampleTests.ts"],
      mutants: mutants.map(({ id }) => id),
      postgresUrl: undefined
    })
    const alive = mutants.filter(({ id }) => !found.killed.has(id)).map(told)
    expect(alive).toEqual([".toSorted((a, b) => a - b) → ", "a - b) → a + b)"])
    const deaths = mutants.flatMap((mutant) => {
      const by = found.killed.get(mutant.id)?.by
      return by === undefined ? [] : [`${told(mutant)}: ${by}`]
    })
    expect(deaths).toContain("= 3 → = 4: failure")
    expect(deaths).toContain("next()) >= count → next()) > count: timeout")
    expect(found.unfit).toEqual(new Map())

    const outcome = {
      file,
      mutants,
      found,
      equivalent: new Set(mutants.filter(isReversal).map(({ id }) => id))
    }
    const counts = countsOf(outcome)
    expect(counts).toMatchObject({ killed: mutants.length - 2, survived: 1, equivalent: 1 })
    expect(scoreOf(counts)).toBeCloseTo((100 * (mutants.length - 2)) / (mutants.length - 1))
    expect(survivors(outcome)).toHaveLength(1)
  })
})
