/** (h): the cost of traces for accepting. */
import { Effect } from "effect"
import { type Contender, durable, type Running } from "../Contender.ts"
import * as usher from "../contenders/usher.ts"
import * as versions from "../contenders/versions.ts"
import * as Load from "../load/Load.ts"
import type { Mode } from "../Mode.ts"
import { bar, bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { figure, median, ratio, spread } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"
import * as jobs from "./jobs.ts"

const onlyTraces = { OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" }

const settings = {
  "usher serve, traces off": undefined,
  "usher serve, one trace in twenty (the default)": {},
  "usher serve, every trace": { OTEL_TRACES_SAMPLER: "always_on" }
}

const all = Object.entries(settings).map(([name, env]): Contender =>
  durable(
    name,
    Effect.gen(function* () {
      const upstream = yield* usher.upstream
      if (env === undefined) return yield* usher.start({ upstream })
      const exporting = { ...onlyTraces, ...env, OTEL_EXPORTER_OTLP_ENDPOINT: yield* usher.collector }
      return yield* usher.start({ upstream, env: exporting })
    })
  )
)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const { accepts, warmUpSeconds } = mode
  const [cell] = mode.cells
  const accepted = (seconds: number) => (running: Running) => load.run(jobs.peak(running, cell, seconds))
  const field = yield* Rounds.assemble(load, all, accepted(warmUpSeconds))
  const results = yield* field.take(accepts.rounds, accepted(accepts.seconds))
  const rates = (name: string) => (results.get(name) ?? []).map(({ perSecond }) => perSecond)
  const off = rates(all[0]?.name ?? "")
  const report: Report = {
    tables: [
      {
        title: "Accepted in a second, 64 connections, 1 kB",
        head: ["", "ratio to none", "accepts/s, median (lowest to highest)", "99 %, ms"],
        rows: Array.from(results, ([name, own]) => [
          name,
          ratio(rates(name), off).toFixed(2),
          spread(rates(name)),
          figure(median(own.map(({ latency }) => latency.p99)))
        ])
      }
    ],
    plots: [
      {
        name: "h-tracing",
        alt: "Webhooks accepted in a second by the share of traces",
        picture: bars(
          "Webhooks accepted in a second",
          "accepts/s, median and range of the rounds",
          [...results.keys()].flatMap((who) => bar(who, rates(who)))
        )
      }
    ],
    notes: [
      `Rounds: ${accepts.rounds}, of ${accepts.seconds} s, after ${warmUpSeconds} s of warming up. The whole relay on SQLite sends its traces by OTLP (protobuf) to a collector on this machine, which discards them.`,
      `${versions.sqlite}.`
    ]
  }
  return report
})

export const tracing: Scenario = { letter: "h", title: "The cost of tracing", run }
