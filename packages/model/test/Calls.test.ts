import { describe, expect, it } from "@effect/vitest"
import { Duration } from "effect"
import { Budget } from "@usher/core"
import { Calls } from "../src/index.ts"

describe("the calls of a plan", () => {
  it.each([
    [[], 0],
    [[1], 1],
    [[100], 1],
    [[101, 1], 3]
  ])("%j together are %i", (together, calls) => expect(Calls.count(together)).toBe(calls))

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
