/** Which limits a Spot may have. */
import { describe, expect, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { Budget } from "../../src/index.ts"

const shares = { live: 0, retry: 0, replay: 0, import: 0 }
const isValid = (limits: unknown) => Option.isSome(Schema.decodeUnknownOption(Budget.Limits)(limits))
const withShares = (some: Partial<Budget.Shares>) =>
  isValid({ per10s: 1, per24h: 1, shares: { ...shares, ...some } })

describe("the limits of a Spot", () => {
  it("let at least one call through", () => {
    expect(isValid({ per10s: 1, per24h: 1, shares })).toBe(true)
    expect(isValid({ per10s: 0, per24h: 1, shares })).toBe(false)
    expect(isValid({ per10s: 1, per24h: 0, shares })).toBe(false)
  })

  it("have a share from nothing to everything for each lane", () => {
    for (const lane of Budget.lanes) {
      expect(withShares({ [lane]: 1 })).toBe(true)
      expect(withShares({ [lane]: 1.01 })).toBe(false)
      expect(withShares({ [lane]: -0.01 })).toBe(false)
    }
  })

  it("have shares that come to no more than everything", () => {
    expect(withShares({ live: 0.25, retry: 0.25, replay: 0.25, import: 0.25 })).toBe(true)
    for (const [one, other] of [
      ["live", "retry"],
      ["retry", "replay"],
      ["replay", "import"]
    ]) {
      expect(withShares({ [String(one)]: 0.6, [String(other)]: 0.6 })).toBe(false)
    }
  })

  it("are the documented ones by default", () => {
    expect(isValid(Budget.documented)).toBe(true)
    expect(Budget.documented.shares).toEqual({ live: 0.3, retry: 0.05, replay: 0.05, import: 0.05 })
  })

  it("count the calls of all lanes, and keep whole calls only", () => {
    expect(Budget.total({ used: { live: 1, retry: 2, replay: 4, import: 8 } })).toBe(15)
    const usage = { calls: 15, millis: 10_000, freesAt: Infinity, used: shares }
    expect(Budget.room("import", [usage], { ...shares, live: 0.3 }, () => false)).toBe(11)
  })
})

it("the documented limits are 100 calls within 10 seconds and 50,000 within a day", () => {
  expect(Budget.documented).toMatchObject({ per10s: 100, per24h: 50_000 })
})
