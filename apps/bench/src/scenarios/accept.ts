/** (a), (b): how many webhooks are verified, stored durably and answered in a second, and how long the answer takes. */
import { Effect } from "effect"
import * as contenders from "../contenders/contenders.ts"
import * as versions from "../contenders/versions.ts"
import type { Contender } from "../Contender.ts"
import type { Result } from "../load/Job.ts"
import * as Load from "../load/Load.ts"
import type { Mode } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bars, type Bar, percentiles as percentileRows } from "../report/plots.ts"
import type { Report, Table } from "../report/Report.ts"
import { figure, highest, lowest, median, ratio, spread, whole } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"

/** A load that stays the same for all. */
interface Cell {
  readonly bytes: number
  readonly perSecond: number
  readonly connections: number
}

const cellsOf = ({ bodies, connections }: Mode): ReadonlyArray<Cell> =>
  bodies.flatMap((body) => connections.map((connections) => ({ ...body, connections })))

interface Turn {
  /** In the order of the cells. */
  readonly cells: ReadonlyArray<Result>
  /** Of its own process, afterwards, in MiB. */
  readonly memory: number
}

type Turns = ReadonlyMap<string, ReadonlyArray<Turn>>

const at = (turns: ReadonlyArray<Turn>, cell: number) =>
  turns.flatMap((turn) => (turn.cells[cell] === undefined ? [] : [turn.cells[cell]]))

const rates = (turns: ReadonlyArray<Turn>, cell: number) => at(turns, cell).map(({ perSecond }) => perSecond)

/** In milliseconds; what accepted nothing took no time that could be told. */
const answerTimes = (results: ReadonlyArray<Result>, which: keyof Result["latency"]) =>
  results.filter(({ accepted }) => accepted > 0).map(({ latency }) => latency[which])

const failures = (results: ReadonlyArray<Result>) => {
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  return failed === 0 ? "" : `, ${failed} failed`
}

const plural = (connections: number) => `${connections} ${connections === 1 ? "connection" : "connections"}`

const size = (bytes: number) => `${bytes / 1_000} kB`

/** Peaks: each connection sends when it is answered. */
const closedLoop = (load: Load.Load, all: ReadonlyArray<Contender>, mode: Mode) =>
  Rounds.take(load, all, mode.rounds, ({ url, pid }) =>
    Effect.gen(function* () {
      const cells: Array<Result> = []
      for (const { bytes, connections, perSecond } of cellsOf(mode)) {
        const { seconds, warmUpSeconds } = mode
        const deliveries = Math.ceil(perSecond * seconds)
        const job = {
          url,
          bytes,
          connections,
          peoplePerLive: 100,
          rate: null,
          deliveries,
          seconds,
          warmUpSeconds
        }
        cells.push(yield* load.run(job))
      }
      return { cells, memory: yield* Process.memory(pid) }
    })
  )

/** Where the rate of the second half comes from, if it was measured. */
const usualCell = (mode: Mode) => {
  const cells = cellsOf(mode)
  return Math.max(
    0,
    cells.findIndex(({ connections }) => connections === 64)
  )
}

/** Half of a peak: everybody at half of ours, or of his own if that is less. */
const openLoop = (
  load: Load.Load,
  all: ReadonlyArray<Contender>,
  mode: Mode,
  rateOf: (name: string) => number
) => {
  const cell = cellsOf(mode)[usualCell(mode)]
  return Rounds.take(load, all, mode.rounds, ({ url }, { name }) =>
    Effect.gen(function* () {
      const { bytes = 1_000, connections = 64 } = cell ?? {}
      const { seconds, warmUpSeconds } = mode
      const rate = rateOf(name)
      const deliveries = Math.ceil(rate * seconds)
      return yield* load.run({
        url,
        bytes,
        connections,
        peoplePerLive: 100,
        rate,
        deliveries,
        seconds,
        warmUpSeconds
      })
    })
  )
}

const throughput = (turns: Turns, floor: ReadonlyArray<Turn>, all: ReadonlyArray<Contender>, mode: Mode) =>
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

const latency = (
  results: ReadonlyMap<string, ReadonlyArray<Result>>,
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

const throughputBars = (turns: Turns, mode: Mode): ReadonlyArray<Bar> =>
  cellsOf(mode).flatMap(({ bytes, connections }, index) =>
    Array.from(turns, ([who, own]) => ({
      who,
      group: `${size(bytes)}, ${plural(connections)}`,
      value: median(rates(own, index)),
      low: lowest(rates(own, index)),
      high: highest(rates(own, index))
    }))
  )

const memoryBars = (turns: Turns): ReadonlyArray<Bar> =>
  Array.from(turns, ([who, own]) => {
    const memory = own.map((turn) => turn.memory)
    return { who, group: "after the load", value: median(memory), low: lowest(memory), high: highest(memory) }
  })

/** What must hold, and whether it does. */
const verdicts = (
  turns: Turns,
  all: ReadonlyArray<Contender>,
  floorName: string,
  ours: string,
  cell: number
) => {
  const own = turns.get(ours) ?? []
  const peers = all.filter(
    (contender) => contender.isDurable && !contenders.isOurs(contender) && turns.has(contender.name)
  )
  const best = peers
    .map(({ name }) => ({ name, rate: median(rates(turns.get(name) ?? [], cell)) }))
    .toSorted((a, b) => b.rate - a.rate)[0]
  const toFloor = ratio(rates(own, cell), rates(turns.get(floorName) ?? [], cell))
  return [
    `Target at 64 connections, at least 0.80 of the floor: ${ours} has ${toFloor.toFixed(2)}.`,
    ...(best === undefined
      ? []
      : [
          `Target at 64 connections, at least twice the best peer that waits for the disk (${best.name}): ${ours} has ${(median(rates(own, cell)) / best.rate).toFixed(2)} times its rate.`
        ])
  ]
}

const run = Effect.fnUntraced(function* (name: "sqlite" | "postgres", letter: string, mode: Mode) {
  const everybody = (yield* contenders.make)[name]
  // A smoke test installs nothing.
  const all = everybody.filter((contender) => mode.name !== "smoke" || contenders.isOurs(contender))
  const [floorName = "", ours = ""] = all.map((contender) => contender.name)
  const load = yield* Load.make
  const cell = usualCell(mode)
  const { results: turns, missing } = yield* closedLoop(load, all, mode)
  const peak = (who: string) => median(rates(turns.get(who) ?? [], cell))
  const rateOf = (who: string) => Math.max(1, Math.floor(Math.min(peak(ours), peak(who)) / 2))
  const present = all.filter((contender) => turns.has(contender.name))
  const { results } = yield* openLoop(load, present, mode, rateOf)
  const usual = cellsOf(mode)[cell]
  const used = yield* versions.of(turns.keys())
  const floor = turns.get(floorName) ?? []
  const points = Array.from(results, ([who, own]) =>
    percentiles.map((one) => ({
      who,
      share: percentileNames[one],
      value: median(answerTimes(own, one))
    }))
  ).flat()
  const report: Report = {
    tables: [
      ...throughput(turns, floor, all, mode),
      ...(usual === undefined ? [] : [latency(results, results.get(floorName) ?? [], rateOf, usual)])
    ],
    plots: [
      {
        name: `${letter}-throughput`,
        alt: "Webhooks accepted in a second, for each contender",
        picture: bars(
          "Webhooks accepted in a second",
          "accepts/s, median and range of the rounds",
          throughputBars(turns, mode)
        )
      },
      {
        name: `${letter}-latency`,
        alt: "Percentiles of the answer time at half of the peak, for each contender",
        picture: percentileRows("Answer time at half of the peak", "milliseconds", points)
      },
      {
        name: `${letter}-memory`,
        alt: "Memory of each contender's process after the load",
        picture: bars("Memory of the process that answers", "MiB", memoryBars(turns))
      }
    ],
    notes: [
      ...(mode.name === "smoke" ? [] : verdicts(turns, all, floorName, ours, cell)),
      `Rounds: ${mode.rounds}, of ${mode.seconds} s for each figure, after ${mode.warmUpSeconds} s of warming up; each contender starts with nothing stored for each round. Deliveries are signed beforehand (Standard Webhooks) and come from another process over connections that are kept alive.`,
      "`usher serve` maps and sends all the while, to an upstream on this machine; the others, and the receiver alone, only store.",
      "Memory is that of the process that answers; Redis and Postgres come on top.",
      used,
      ...missing
    ]
  }
  return report
})

const scenario = (letter: string, title: string, name: "sqlite" | "postgres"): Scenario => ({
  letter,
  title,
  run: (mode) => run(name, letter, mode)
})

export const onSqlite = scenario("a", "Accepting, verified and durable", "sqlite")

export const onPostgres = scenario("b", "Accepting on Postgres", "postgres")
