import { describe, expect, it } from "@effect/vitest"
import { explain } from "../src/report.ts"
import { run } from "../src/Scenario.ts"

describe("a simulated relay", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("violates no invariant under seed %i", async (seed) => {
    const result = await run(seed)
    expect(explain(result)).toBe(`seed ${seed}: no violations`)
    expect(result.counts["acknowledged"]).toBeGreaterThan(0)
    expect(result.counts["calls"]).toBeGreaterThan(0)
  })

  it("repeats the run under the same seed", async () => {
    const first = await run(10)
    await run(11)
    const again = await run(10)
    expect(again.hash).toBe(first.hash)
    expect(again.trace.events()).toEqual(first.trace.events())
    expect((await run(12)).hash).not.toBe(first.hash)
  })
})
