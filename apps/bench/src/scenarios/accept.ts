/** (a), (b): how many webhooks are verified, stored durably and answered in a second, and how long the answer takes. */
import { Effect } from "effect"
import * as contenders from "../contenders/contenders.ts"
import * as versions from "../contenders/versions.ts"
import type { Contender } from "../Contender.ts"
import type { Result } from "../load/Job.ts"
import * as Load from "../load/Load.ts"
import type { Mode } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bars, percentiles } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { median } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"
import {
  cellsOf,
  latency,
  memoryBars,
  percentileDots,
  rates,
  throughput,
  throughputBars,
  usualCell,
  verdicts
} from "./acceptReport.ts"

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

/** Half of a peak: everybody at half of ours, or of his own if that is less. */
const openLoop = (
  load: Load.Load,
  all: ReadonlyArray<Contender>,
  mode: Mode,
  rateOf: (name: string) => number
) => {
  const cell = cellsOf(mode)[usualCell(mode)]
  const { rounds, seconds, warmUpSeconds } = mode.answers
  return Rounds.take(load, all, rounds, ({ url }, { name }) =>
    Effect.gen(function* () {
      const { bytes = 1_000, connections = 64 } = cell ?? {}
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

const told = ({ rounds, seconds, warmUpSeconds }: Mode["answers"]) =>
  `${rounds}, of ${seconds} s for each figure after ${warmUpSeconds} s of warming up`

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
        picture: percentiles("Answer time at half of the peak", "milliseconds", percentileDots(results))
      },
      {
        name: `${letter}-memory`,
        alt: "Memory of each contender's process after the load",
        picture: bars("Memory of the process that answers", "MiB", memoryBars(turns))
      }
    ],
    notes: [
      ...(mode.name === "smoke" ? [] : verdicts(turns, results, all, cell)),
      `Rounds: ${told(mode)}; of answer times ${told(mode.answers)}. Each contender starts with nothing stored for each round. Deliveries are signed beforehand (Standard Webhooks) and come from another process over connections that are kept alive.`,
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
