/** (a), (b): the cost, the rate and the answer time of verifying a webhook, storing it durably and answering. */
import { Array, Effect } from "effect"
import * as contenders from "../contenders/contenders.ts"
import * as versions from "../contenders/versions.ts"
import * as Load from "../load/Load.ts"
import type { Mode, Turns } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bar, bars, percentiles } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { median } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"
import {
  latency,
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

const describe = ({ rounds, seconds }: Turns) => `${rounds}, of ${seconds} s for each figure`

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
  /** Half of the relay's peak, or half of the contender's own if that is less. */
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
        picture: bars(
          "Memory of the process that answers",
          "MiB",
          [...memory].flatMap(([who, own]) => bar(who, own, "after the load"))
        )
      }
    ],
    notes: [
      ...(mode.caveat !== undefined ? [] : verdicts(peak, results, all, targets)),
      "Processor time is user and system time of all threads and child processes of the program, from `/proc/<pid>/stat`. SQLite runs inside the program. Postgres and Redis are separate programs, which only the column with the database or queue includes.",
      `Rounds: ${describe(accepts)}; of answer times ${describe(answers)}. All contenders start with an empty store, warm up for ${warmUpSeconds} s, and take turns while the others are frozen (SIGSTOP). Another process sends deliveries that were signed in advance (Standard Webhooks), over connections that are kept alive.`,
      "`usher serve` maps and sends at the same time, to an upstream on this machine. The receiver alone and the others only store.",
      "Memory is that of the process that answers, without Redis and Postgres.",
      used,
      ...field.missing
    ]
  }
  return report
})

export const onSqlite: Scenario = {
  letter: "a",
  title: "Accepting, verified and durable",
  run: (mode) => run("sqlite", "a", { processor: 1.35 }, mode)
}

export const onPostgres: Scenario = {
  letter: "b",
  title: "Accepting on Postgres",
  run: (mode) => run("postgres", "b", { processor: 1.6 }, mode)
}
