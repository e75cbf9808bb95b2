/** (a), (b): what it takes to verify a webhook, store it durably and answer, how many a second can bring, and how long the answer takes. */
import { Array, Effect } from "effect"
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
  of,
  type Peak,
  peakBars,
  percentileDots,
  processorTime,
  rate,
  type Targets,
  throughput,
  verdicts
} from "./acceptReport.ts"
import * as jobs from "./jobs.ts"
import * as processor from "./processor.ts"

const told = ({ rounds, seconds }: Turns) => `${rounds}, of ${seconds} s for each figure`

const run = Effect.fnUntraced(function* (
  name: "sqlite" | "postgres",
  letter: string,
  targets: Targets,
  mode: Mode
) {
  const everybody = (yield* contenders.make)[name]
  const all = everybody.filter((contender) => mode.withPeers || contenders.isOurs(contender))
  const [floorName = "", ours = ""] = all.map((contender) => contender.name)
  const load = yield* Load.make
  const { accepts, answers, cells, warmUpSeconds } = mode
  const [usual] = cells
  const field = yield* Rounds.assemble(load, all, (running) =>
    load.run(jobs.peak(running, usual, warmUpSeconds))
  )
  const peaks = yield* Effect.forEach(cells, (cell) =>
    Effect.map(
      field.take(accepts.rounds, (running) => load.run(jobs.peak(running, cell, accepts.seconds))),
      (results): Peak => ({ cell, results })
    )
  )
  const memory = yield* field.take(1, ({ pid }) => Process.memory(pid))
  const peak = Array.headNonEmpty(peaks)
  const rates = of(peak, rate)
  /** Half of a peak: everybody at half of ours, or of his own if that is less. */
  const rateOf = (who: string) =>
    Math.max(1, Math.floor(Math.min(median(rates(ours)), median(rates(who))) / 2))
  const results = yield* field.take(answers.rounds, (running, { name }) =>
    load.run(jobs.steady(running, usual, answers.seconds, rateOf(name)))
  )
  const used = yield* versions.of(results.keys())
  const report: Report = {
    tables: [
      processorTime(peak, peaks, all),
      throughput(peaks, memory, all),
      latency(results, results.get(floorName) ?? [], rateOf, usual)
    ],
    plots: [
      {
        name: `${letter}-processor`,
        alt: "Processor time for each accepted webhook, for each contender",
        picture: bars(
          "Processor time for each accepted webhook",
          "microseconds, median and range of the rounds",
          peakBars(peaks, processor.own)
        )
      },
      {
        name: `${letter}-throughput`,
        alt: "Webhooks accepted in a second, for each contender",
        picture: bars(
          "Webhooks accepted in a second",
          "accepts/s, median and range of the rounds",
          peakBars(peaks, rate)
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
      ...(mode.caveat !== undefined ? [] : verdicts(peak, results, all, targets)),
      "Processor time is user and system time of all threads and child processes of the program, from `/proc/<pid>/stat`. SQLite runs inside the program; Postgres and Redis are programs of their own, which only the column with the database or queue counts.",
      `Rounds: ${told(accepts)}; of answer times ${told(answers)}. All contenders are started with nothing stored and warmed up for ${warmUpSeconds} s, and take turns; the others are frozen meanwhile (SIGSTOP). Deliveries are signed beforehand (Standard Webhooks) and come from another process over connections that are kept alive.`,
      "`usher serve` maps and sends at the same time, to an upstream on this machine; the others, and the receiver alone, only store.",
      "Memory is that of the process that answers; Redis and Postgres come on top.",
      used,
      ...field.missing
    ]
  }
  return report
})

const scenario = (
  letter: string,
  title: string,
  name: "sqlite" | "postgres",
  targets: Targets
): Scenario => ({
  letter,
  title,
  run: (mode) => run(name, letter, targets, mode)
})

export const onSqlite = scenario("a", "Accepting, verified and durable", "sqlite", { processor: 1.35 })

export const onPostgres = scenario("b", "Accepting on Postgres", "postgres", { processor: 1.6 })
