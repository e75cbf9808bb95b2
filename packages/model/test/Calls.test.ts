import { describe, expect, it } from "@effect/vitest"
import { Duration } from "effect"
import { Budget } from "@usher/core"
import { Calls } from "../src/index.ts"

describe("the calls of a plan", () => {
  it.each([
    [[], 100, 0],
    [[1], 100, 1],
    [[100], 100, 1],
    [[101, 1], 100, 3],
    [[101, 1], 1, 102],
    [[101, 1], 20, 7]
  ])("%j together, at most %i in a call, are %i", (together, batchSize, calls) =>
    expect(Calls.count(together, batchSize)).toBe(calls)
  )

  it.each([
    [0, Duration.zero],
    [1, Duration.zero],
    [100, Duration.zero],
    [101, Duration.seconds(10)],
    [1_000, Duration.seconds(90)],
    [50_000, Duration.seconds(4_990)],
    [50_001, Duration.hours(24)],
    [50_101, Duration.sum(Duration.hours(24), Duration.seconds(10))]
  ])("%i take %s at least", (calls, expected) =>
    expect(Calls.duration(calls, Budget.documented)).toEqual(expected)
  )
})
