/** What accepting looks like in tables and plots. */
import type { Contender } from "../Contender.ts"
import * as contenders from "../contenders/contenders.ts"
import type { Result } from "../load/Job.ts"
import type { Mode } from "../Mode.ts"
import type { Bar, Percentile } from "../report/plots.ts"
import type { Table } from "../report/Report.ts"
import { figure, highest, lowest, median, ratio, spread, whole } from "../report/statistics.ts"

/** A load that stays the same for all. */
export interface Cell {
  readonly bytes: number
  readonly perSecond: number
  readonly connections: number
}

export const cellsOf = ({ bodies, connections }: Mode): ReadonlyArray<Cell> =>
  bodies.flatMap((body) => connections.map((connections) => ({ ...body, connections })))

export interface Turn {
  /** In the order of the cells. */
  readonly cells: ReadonlyArray<Result>
  /** Of its own process, afterwards, in MiB. */
  readonly memory: number
}

export type Turns = ReadonlyMap<string, ReadonlyArray<Turn>>

const at = (turns: ReadonlyArray<Turn>, cell: number) =>
  turns.flatMap((turn) => (turn.cells[cell] === undefined ? [] : [turn.cells[cell]]))

export const rates = (turns: ReadonlyArray<Turn>, cell: number) =>
  at(turns, cell).map(({ perSecond }) => perSecond)

/** In milliseconds; what accepted nothing took no time that could be told. */
const answerTimes = (results: ReadonlyArray<Result>, which: keyof Result["latency"]) =>
  results.filter(({ accepted }) => accepted > 0).map(({ latency }) => latency[which])

const failures = (results: ReadonlyArray<Result>) => {
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  return failed === 0 ? "" : `, ${failed} failed`
}

const plural = (connections: number) => `${connections} ${connections === 1 ? "connection" : "connections"}`

const size = (bytes: number) => `${bytes / 1_000} kB`

/** Of the open loop. */
export type Results = ReadonlyMap<string, ReadonlyArray<Result>>

/** Where the rate of the second half comes from, if it was measured. */
export const usualCell = (mode: Mode) => {
  const cells = cellsOf(mode)
  return Math.max(
    0,
    cells.findIndex(({ connections }) => connections === 64)
  )
}

export const throughput = (
  turns: Turns,
  floor: ReadonlyArray<Turn>,
  all: ReadonlyArray<Contender>,
  mode: Mode
) =>
  mode.bodies.map(({ bytes }): Table => {
    const cells = cellsOf(mode).flatMap((cell, index) => (cell.bytes === bytes ? [{ ...cell, index }] : []))
    return {
      title: `Accepted in a second, bodies of ${size(bytes)}: ratio to the floor, then the median (lowest to highest)`,
      head: [
        "",
        ...cells.map(({ connections }) => plural(connections)),
        "memory, MiB",
        "when it is answered, the webhook is"
      ],
      rows: Array.from(turns, ([name, own]) => [
        name,
        ...cells.map(
          ({ index }) =>
            `${ratio(rates(own, index), rates(floor, index)).toFixed(2)} · ${spread(rates(own, index))}${failures(at(own, index))}`
        ),
        whole(median(own.map(({ memory }) => memory))),
        all.find((contender) => contender.name === name)?.durability ?? ""
      ])
    }
  })

const percentiles = ["p50", "p90", "p99", "p999"] as const
const percentileNames = { p50: "50 %", p90: "90 %", p99: "99 %", p999: "99.9 %" }

export const latency = (
  results: Results,
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

export const throughputBars = (turns: Turns, mode: Mode): ReadonlyArray<Bar> =>
  cellsOf(mode).flatMap(({ bytes, connections }, index) =>
    Array.from(turns, ([who, own]) => ({
      who,
      group: `${size(bytes)}, ${plural(connections)}`,
      value: median(rates(own, index)),
      low: lowest(rates(own, index)),
      high: highest(rates(own, index))
    }))
  )

export const memoryBars = (turns: Turns): ReadonlyArray<Bar> =>
  Array.from(turns, ([who, own]) => {
    const memory = own.map((turn) => turn.memory)
    return { who, group: "after the load", value: median(memory), low: lowest(memory), high: highest(memory) }
  })

/** What must hold, and whether it does: of the receiver alone, and of the whole relay. */
const verdictsOf = (
  turns: Turns,
  results: Results,
  all: ReadonlyArray<Contender>,
  who: string,
  cell: number
) => {
  const floor = all[0]?.name ?? ""
  const rate = (name: string) => median(rates(turns.get(name) ?? [], cell))
  const best = all
    .filter((one) => one.isDurable && !contenders.isOurs(one) && turns.has(one.name))
    .toSorted((a, b) => rate(b.name) - rate(a.name))[0]
  const toFloor = ratio(rates(turns.get(who) ?? [], cell), rates(turns.get(floor) ?? [], cell))
  const p99 = ratio(answerTimes(results.get(who) ?? [], "p99"), answerTimes(results.get(floor) ?? [], "p99"))
  return [
    `${figure(toFloor)} of the floor's accepts (target: at least 0.80)`,
    ...(best === undefined
      ? []
      : [
          `${figure(rate(who) / rate(best.name))} times those of ${best.name}, the best peer that waits for the disk (target: at least 2.00)`
        ]),
    `${figure(p99)} times the floor's 99 % of the answer times at half of the peak (target: at most 2.00)`
  ]
}

export const verdicts = (
  turns: Turns,
  results: Results,
  all: ReadonlyArray<Contender>,
  cell: number
): ReadonlyArray<string> =>
  all
    .filter(({ name }) => name.startsWith("usher"))
    .map(({ name }) => `${name}: ${verdictsOf(turns, results, all, name, cell).join("; ")}.`)

export const percentileDots = (results: Results): ReadonlyArray<Percentile> =>
  Array.from(results, ([who, own]) =>
    percentiles.map((one) => ({
      who,
      share: percentileNames[one],
      value: median(answerTimes(own, one))
    }))
  ).flat()
