/** (a), (b): how many webhooks are verified, stored durably and answered in a second, and how long the answer takes. */
import { Effect } from "effect"
import * as contenders from "../contenders/contenders.ts"
import * as versions from "../contenders/versions.ts"
import * as Load from "../load/Load.ts"
import type { Mode, Turns } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bars, percentiles } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { median } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"
import {
  latency,
  memoryBars,
  type Peak,
  percentileDots,
  rates,
  throughput,
  throughputBars,
  verdicts
} from "./acceptReport.ts"
import * as jobs from "./jobs.ts"

const cellsOf = ({ bodies, connections }: Mode): ReadonlyArray<jobs.Cell> =>
  bodies.flatMap((body) => connections.map((connections) => ({ ...body, connections })))

/** Where the rate of the second half comes from. */
const usualOf = ({ bodies: [body], connections }: Mode): jobs.Cell => ({
  ...body,
  connections: connections.includes(64) ? 64 : connections[0]
})

const told = ({ rounds, seconds }: Turns) => `${rounds}, of ${seconds} s for each figure`

const run = Effect.fnUntraced(function* (name: "sqlite" | "postgres", letter: string, mode: Mode) {
  const everybody = (yield* contenders.make)[name]
  // A smoke test installs nothing.
  const all = everybody.filter((contender) => mode.name !== "smoke" || contenders.isOurs(contender))
  const [floorName = "", ours = ""] = all.map((contender) => contender.name)
  const load = yield* Load.make
  const { accepts, answers, warmUpSeconds } = mode
  const usual = usualOf(mode)
  const field = yield* Rounds.assemble(load, all, ({ url }) => load.run(jobs.peak(url, usual, warmUpSeconds)))
  const peaks = yield* Effect.forEach(cellsOf(mode), (cell) =>
    Effect.map(
      field.take(accepts.rounds, ({ url }) => load.run(jobs.peak(url, cell, accepts.seconds))),
      (results): Peak => ({ cell, results })
    )
  )
  const memory = yield* field.take(1, ({ pid }) => Process.memory(pid))
  const peak = rates(peaks, usual)
  /** Half of a peak: everybody at half of ours, or of his own if that is less. */
  const rateOf = (who: string) => Math.max(1, Math.floor(Math.min(median(peak(ours)), median(peak(who))) / 2))
  const results = yield* field.take(answers.rounds, ({ url }, { name }) =>
    load.run(jobs.steady(url, usual, answers.seconds, rateOf(name)))
  )
  const used = yield* versions.of(results.keys())
  const report: Report = {
    tables: [
      ...mode.bodies.map(({ bytes }) => throughput(bytes, peaks, memory, all)),
      latency(results, results.get(floorName) ?? [], rateOf, usual)
    ],
    plots: [
      {
        name: `${letter}-throughput`,
        alt: "Webhooks accepted in a second, for each contender",
        picture: bars(
          "Webhooks accepted in a second",
          "accepts/s, median and range of the rounds",
          throughputBars(peaks)
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
        picture: bars("Memory of the process that answers", "MiB", memoryBars(memory))
      }
    ],
    notes: [
      ...(mode.name === "smoke" ? [] : verdicts(peak, results, all)),
      `Rounds: ${told(accepts)}; of answer times ${told(answers)}. All were started with nothing stored and warmed up for ${warmUpSeconds} s; who has no turn is frozen (SIGSTOP). Deliveries are signed beforehand (Standard Webhooks) and come from another process over connections that are kept alive.`,
      "`usher serve` maps and sends all the while, to an upstream on this machine; the others, and the receiver alone, only store.",
      "Memory is that of the process that answers; Redis and Postgres come on top.",
      used,
      ...field.missing
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
