import { describe, expect, it } from "@effect/vitest"
import * as tokenBuckets from "../../src/runtime/tokenBuckets.ts"

describe("a bucket", () => {
  const full = { perSecond: 2, burst: 3 }

  it("gives so many at once, and then so many a second", () => {
    const { take } = tokenBuckets.make(full)
    expect([take("a", 0), take("a", 0), take("a", 0), take("a", 0)]).toEqual([0, 0, 0, 500])
    expect([take("a", 250), take("a", 500), take("a", 500)]).toEqual([250, 0, 500])
    expect(take("b", 500)).toBe(0)
  })

  it("is never fuller than full, and a clock set back fills nothing", () => {
    const { take } = tokenBuckets.make(full)
    for (const now of [0, 60_000, 60_000, 60_000]) expect(take("a", now)).toBe(0)
    expect(take("a", 60_000)).toBe(500)
    expect(take("a", 0)).toBe(500)
  })

  it("can be looked into without taking", () => {
    const { take, wait } = tokenBuckets.make({ perSecond: 1, burst: 1 })
    expect([wait("a", 0), wait("a", 0), take("a", 0), wait("a", 0)]).toEqual([0, 0, 0, 1_000])
    expect(wait("a", 1_000)).toBe(0)
  })

  it("that was not used for longest goes when there are too many", () => {
    const { take } = tokenBuckets.make({ perSecond: 1, burst: 1 }, 2)
    expect(["a", "b", "a", "c"].map((key) => take(key, 0))).toEqual([0, 0, 1_000, 0])
    expect([take("a", 0), take("b", 0)]).toEqual([1_000, 0])
  })

  it("is counted for 10,000 addresses at a time", () => {
    const { take } = tokenBuckets.make({ perSecond: 1, burst: 1 })
    for (let address = 0; address <= 10_000; address++) expect(take(`${address}`, 0)).toBe(0)
    expect([take("1", 0), take("0", 0)]).toEqual([1_000, 0])
  })
})
