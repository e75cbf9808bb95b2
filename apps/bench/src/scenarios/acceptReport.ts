/** The tables and plots of accepting. */
import type { Contender } from "../Contender.ts"
import * as contenders from "../contenders/contenders.ts"
import type { Result } from "../load/Job.ts"
import type { Cell } from "../Mode.ts"
import { bar, type Bar, type Percentile } from "../report/plots.ts"
import type { Table } from "../report/Report.ts"
import { beside, figure, median, ratio, whole } from "../report/statistics.ts"
import type { Results } from "../Rounds.ts"
import * as processor from "./processor.ts"

/** The results under one load. */
export interface Peak {
  readonly cell: Cell
  readonly results: Results<Result>
}

/** Reads a figure of one round. */
type Measure = (result: Result) => number

export const rate: Measure = ({ perSecond }) => perSecond

/** The figures of all rounds that accepted something. */
const figures = (results: ReadonlyArray<Result> | undefined, measure: Measure) =>
  (results ?? []).filter(({ accepted }) => accepted > 0).map(measure)

/** The figures of a contender under this load. */
export const of =
  ({ results }: Peak, measure: Measure) =>
  (name: string) =>
    figures(results.get(name), measure)

const failures = (results: ReadonlyArray<Result>) => {
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  return failed === 0 ? "" : `, ${failed} failed`
}

const load = ({ bytes, connections }: Cell) =>
  `${bytes / 1_000} kB, ${connections} ${connections === 1 ? "connection" : "connections"}`

const cell = (peak: Peak, measure: Measure, floor: string, name: string) => {
  const values = of(peak, measure)
  return beside(values(name), values(floor)) + failures(peak.results.get(name) ?? [])
}

const and = "ratio to the floor, then the median (lowest to highest)"

export const processorTime = (
  usual: Peak,
  peaks: ReadonlyArray<Peak>,
  all: ReadonlyArray<Contender>
): Table => {
  const floor = all[0]?.name ?? ""
  return {
    title: `Processor time for each accepted webhook, in microseconds: ${and}`,
    head: [
      "",
      ...peaks.map(({ cell }) => load(cell)),
      `${load(usual.cell)}, with its database or queue`,
      "when the sender gets the answer, the webhook is"
    ],
    rows: Array.from(usual.results.keys(), (name) => [
      name,
      ...peaks.map((peak) => cell(peak, processor.own, floor, name)),
      cell(usual, processor.withServer, floor, name),
      all.find((contender) => contender.name === name)?.durability ?? ""
    ])
  }
}

export const throughput = (
  peaks: ReadonlyArray<Peak>,
  memory: Results<number>,
  all: ReadonlyArray<Contender>
): Table => {
  const floor = all[0]?.name ?? ""
  return {
    title: `Accepted in a second: ${and}`,
    head: ["", ...peaks.map(({ cell }) => load(cell)), "memory, MiB"],
    rows: Array.from(memory, ([name, mebibytes]) => [
      name,
      ...peaks.map((peak) => cell(peak, rate, floor, name)),
      whole(median(mebibytes))
    ])
  }
}

const percentiles = ["p50", "p90", "p99", "p999"] as const
const percentileNames = { p50: "50 %", p90: "90 %", p99: "99 %", p999: "99.9 %" }

/** The answer times in milliseconds. */
const answerTimes = (results: ReadonlyArray<Result> | undefined, which: keyof Result["latency"]) =>
  figures(results, ({ latency }) => latency[which])

export const latency = (
  results: Results<Result>,
  floor: ReadonlyArray<Result>,
  rateOf: (name: string) => number,
  cell: Cell
): Table => ({
  title: `Answer times at half of the peak, in milliseconds: ${load(cell)}, measured from the scheduled time of each delivery`,
  head: [
    "",
    "99 %, ratio to the floor",
    "deliveries/s",
    ...percentiles.map((one) => percentileNames[one]),
    "longest"
  ],
  rows: Array.from(results, ([name, own]) => [
    name,
    figure(ratio(answerTimes(own, "p99"), answerTimes(floor, "p99"))),
    `${whole(rateOf(name))}${failures(own)}`,
    ...percentiles.map((one) => figure(median(answerTimes(own, one)))),
    figure(Math.max(...answerTimes(own, "max")))
  ])
})

export const peakBars = (peaks: ReadonlyArray<Peak>, measure: Measure): ReadonlyArray<Bar> =>
  peaks.flatMap(({ cell, results }) =>
    [...results].flatMap(([who, own]) => bar(who, figures(own, measure), load(cell)))
  )

/** The targets of the receiver alone. */
export interface Targets {
  /** The maximum of its processor time, as a ratio to the floor's. */
  readonly processor: number
}

/** Compares the receiver alone and the whole relay with their targets. */
export const verdicts = (
  usual: Peak,
  answers: Results<Result>,
  all: ReadonlyArray<Contender>,
  targets: Targets
): ReadonlyArray<string> => {
  const floor = all[0]?.name ?? ""
  const rates = of(usual, rate)
  const times = of(usual, processor.own)
  const best = all
    .filter((one) => one.isDurable && !contenders.isOurs(one) && answers.has(one.name))
    .toSorted((a, b) => median(rates(b.name)) - median(rates(a.name)))[0]
  const p99 = (name: string) => answerTimes(answers.get(name), "p99")
  const isAlone = (name: string) => name.endsWith("receiver alone")
  const verdict = (name: string) => [
    `${figure(ratio(times(name), times(floor)))} times the floor's processor time for each accept${isAlone(name) ? ` (target: at most ${figure(targets.processor)})` : ""}`,
    `${figure(ratio(rates(name), rates(floor)))} of the floor's accepts in a second`,
    ...(best === undefined
      ? []
      : [
          `${figure(ratio(rates(name), rates(best.name)))} times those of ${best.name}, the best peer that waits for the disk (target: at least 2.00)`
        ]),
    `${figure(ratio(p99(name), p99(floor)))} times the floor's 99 % of the answer time at half of the peak (target: at most 2.00)`
  ]
  return [...answers.keys()]
    .filter((name) => name.startsWith("usher"))
    .map((name) => `${name}: ${verdict(name).join("; ")}.`)
}

export const percentileDots = (results: Results<Result>): ReadonlyArray<Percentile> =>
  Array.from(results, ([who, own]) =>
    percentiles.map((one) => ({
      who,
      share: percentileNames[one],
      value: median(answerTimes(own, one))
    }))
  ).flat()
