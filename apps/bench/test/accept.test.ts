import { describe, expect, it } from "@effect/vitest"
import type { Result } from "../src/load/Job.ts"
import type { Contender } from "../src/Contender.ts"
import { Effect } from "effect"
import { of, type Peak, processorTime, verdicts } from "../src/scenarios/acceptReport.ts"
import * as processor from "../src/scenarios/processor.ts"

const latency = { mean: 1, p50: 1, p90: 1, p99: 1, p999: 1, max: 1 }

const result = (accepted: number, ...used: ReadonlyArray<number | null>): Result => ({
  accepted,
  failed: 0,
  seconds: 1,
  perSecond: accepted,
  processor: used,
  latency
})

const contender = (name: string): Contender => ({
  name,
  durability: "committed",
  isDurable: true,
  start: Effect.die("it is not started")
})

const peak: Peak = {
  cell: { bytes: 1_000, connections: 64, perSecond: 10_000 },
  results: new Map([
    ["floor: on Postgres", [result(1_000, 20_000, 30_000), result(1_000, 40_000, 30_000)]],
    ["usher, receiver alone", [result(500, 15_000, 30_000), result(500, 30_000, 30_000)]]
  ])
}

const all = ["floor: on Postgres", "usher, receiver alone"].map(contender)

describe("processor time for each accepted webhook", () => {
  it("is that of the program, and of the program with its database", () => {
    expect(processor.own(result(1_000, 20_000, 30_000))).toBe(20)
    expect(processor.withServer(result(1_000, 20_000, 30_000))).toBe(50)
    expect(processor.withServer(result(1_000, 20_000))).toBe(20)
  })

  it("is NaN if it was not measured or nothing was accepted", () => {
    expect([result(1_000), result(1_000, null), result(0, 20_000)].map(processor.own)).toEqual([
      NaN,
      NaN,
      NaN
    ])
    expect(processor.withServer(result(1_000, 20_000, null))).toBeNaN()
  })

  it("is the first figure of the report, as a ratio to the floor of the same round", () => {
    const { head, rows } = processorTime(peak, [peak], all)
    expect(head.slice(1, 3)).toEqual([
      "1 kB, 64 connections",
      "1 kB, 64 connections, with its database or queue"
    ])
    expect(rows).toEqual([
      ["floor: on Postgres", "1.00 · 30.0 (20.0 to 40.0)", "1.00 · 60.0 (50.0 to 70.0)", "committed"],
      ["usher, receiver alone", "1.50 · 45.0 (30.0 to 60.0)", "1.76 · 105 (90.0 to 120)", "committed"]
    ])
  })

  it("leaves out a round that accepted nothing", () => {
    const failing: Peak = {
      ...peak,
      results: new Map([["floor", [result(0, 20_000), result(1_000, 20_000)]]])
    }
    expect(of(failing, processor.own)("floor")).toEqual([20])
  })

  it("comes first in the verdict", () => {
    const [said] = verdicts(peak, peak.results, all, { processor: 1.35 })
    expect(said).toMatch(
      /^usher, receiver alone: 1\.50 times the floor's processor time for each accept \(target: at most 1\.35\); 0\.50 of the floor's accepts in a second/
    )
  })
})
