/** What accepting looks like in tables and plots. */
import type { Contender } from "../Contender.ts"
import * as contenders from "../contenders/contenders.ts"
import type { Result } from "../load/Job.ts"
import type { Bar, Percentile } from "../report/plots.ts"
import type { Table } from "../report/Report.ts"
import { figure, highest, lowest, median, ratio, spread, whole } from "../report/statistics.ts"
import type { Results } from "../Rounds.ts"
import type { Cell } from "./jobs.ts"

/** What was accepted in a second under one load. */
export interface Peak {
  readonly cell: Cell
  readonly results: Results<Result>
}

/** Of each contender, round by round, under the load that has so many bytes and connections. */
export const rates = (peaks: ReadonlyArray<Peak>, { bytes, connections }: Cell) => {
  const peak = peaks.find(({ cell }) => cell.bytes === bytes && cell.connections === connections)
  return (name: string) => ratesOf(peak?.results.get(name) ?? [])
}

const ratesOf = (results: ReadonlyArray<Result>) => results.map(({ perSecond }) => perSecond)

/** In milliseconds; what accepted nothing took no time that could be told. */
const answerTimes = (results: ReadonlyArray<Result>, which: keyof Result["latency"]) =>
  results.filter(({ accepted }) => accepted > 0).map(({ latency }) => latency[which])

const failures = (results: ReadonlyArray<Result>) => {
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  return failed === 0 ? "" : `, ${failed} failed`
}

const plural = (connections: number) => `${connections} ${connections === 1 ? "connection" : "connections"}`

const size = (bytes: number) => `${bytes / 1_000} kB`

export const throughput = (
  bytes: number,
  peaks: ReadonlyArray<Peak>,
  memory: Results<number>,
  all: ReadonlyArray<Contender>
): Table => {
  const own = peaks.filter(({ cell }) => cell.bytes === bytes)
  const floor = all[0]?.name ?? ""
  const cellOf = ({ results }: Peak, name: string) => {
    const mine = results.get(name) ?? []
    const toFloor = ratio(ratesOf(mine), ratesOf(results.get(floor) ?? []))
    return `${toFloor.toFixed(2)} · ${spread(ratesOf(mine))}${failures(mine)}`
  }
  return {
    title: `Accepted in a second, bodies of ${size(bytes)}: ratio to the floor, then the median (lowest to highest)`,
    head: [
      "",
      ...own.map(({ cell }) => plural(cell.connections)),
      "memory, MiB",
      "when it is answered, the webhook is"
    ],
    rows: Array.from(memory, ([name, mebibytes]) => [
      name,
      ...own.map((peak) => cellOf(peak, name)),
      whole(median(mebibytes)),
      all.find((contender) => contender.name === name)?.durability ?? ""
    ])
  }
}

const percentiles = ["p50", "p90", "p99", "p999"] as const
const percentileNames = { p50: "50 %", p90: "90 %", p99: "99 %", p999: "99.9 %" }

export const latency = (
  results: Results<Result>,
  floor: ReadonlyArray<Result>,
  rateOf: (name: string) => number,
  { bytes, connections }: Cell
): Table => ({
  title: `Answer times at half of the peak, in milliseconds: ${plural(connections)}, ${size(bytes)}, measured from when each delivery was to be sent`,
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
    figure(highest(answerTimes(own, "max")))
  ])
})

export const throughputBars = (peaks: ReadonlyArray<Peak>): ReadonlyArray<Bar> =>
  peaks.flatMap(({ cell, results }) =>
    Array.from(results, ([who, own]) => ({
      who,
      group: `${size(cell.bytes)}, ${plural(cell.connections)}`,
      value: median(ratesOf(own)),
      low: lowest(ratesOf(own)),
      high: highest(ratesOf(own))
    }))
  )

export const memoryBars = (memory: Results<number>): ReadonlyArray<Bar> =>
  Array.from(memory, ([who, own]) => ({
    who,
    group: "after the load",
    value: median(own),
    low: lowest(own),
    high: highest(own)
  }))

/** What must hold, and whether it does: of the receiver alone, and of the whole relay. */
export const verdicts = (
  peak: (name: string) => ReadonlyArray<number>,
  results: Results<Result>,
  all: ReadonlyArray<Contender>
): ReadonlyArray<string> => {
  const floor = all[0]?.name ?? ""
  const best = all
    .filter((one) => one.isDurable && !contenders.isOurs(one) && results.has(one.name))
    .toSorted((a, b) => median(peak(b.name)) - median(peak(a.name)))[0]
  const p99 = (name: string) => answerTimes(results.get(name) ?? [], "p99")
  const verdict = (name: string) => [
    `${figure(ratio(peak(name), peak(floor)))} of the floor's accepts (target: at least 0.80)`,
    ...(best === undefined
      ? []
      : [
          `${figure(ratio(peak(name), peak(best.name)))} times those of ${best.name}, the best peer that waits for the disk (target: at least 2.00)`
        ]),
    `${figure(ratio(p99(name), p99(floor)))} times the floor's 99 % of the answer times at half of the peak (target: at most 2.00)`
  ]
  return [...results.keys()]
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
