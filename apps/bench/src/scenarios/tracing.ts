/** (h): what traces cost the one who waits for an answer. */
import { Effect } from "effect"
import type { Contender } from "../Contender.ts"
import * as usher from "../contenders/usher.ts"
import * as Load from "../load/Load.ts"
import * as versions from "../contenders/versions.ts"
import type { Mode } from "../Mode.ts"
import { bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { figure, highest, lowest, median, ratio, spread } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import * as jobs from "./jobs.ts"
import type { Scenario } from "../Scenario.ts"

const onlyTraces = { OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" }

const settings = {
  "usher serve, traces off": undefined,
  "usher serve, one trace in twenty (the default)": {},
  "usher serve, every trace": { OTEL_TRACES_SAMPLER: "always_on" }
}

const all = Object.entries(settings).map(([name, env]): Contender => ({
  name,
  durability: "committed to disk (fsync)",
  isDurable: true,
  start: Effect.gen(function* () {
    const upstream = yield* usher.upstream
    if (env === undefined) return yield* usher.start({ upstream })
    const exporting = { ...onlyTraces, ...env, OTEL_EXPORTER_OTLP_ENDPOINT: yield* usher.collector }
    return yield* usher.start({ upstream, env: exporting })
  })
}))

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const { accepts, warmUpSeconds } = mode
  const [cell] = mode.cells
  const field = yield* Rounds.assemble(load, all, (running) =>
    load.run(jobs.peak(running, cell, warmUpSeconds))
  )
  const results = yield* field.take(accepts.rounds, (running) =>
    load.run(jobs.peak(running, cell, accepts.seconds))
  )
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
        alt: "Webhooks accepted in a second by how much is traced",
        picture: bars(
          "Webhooks accepted in a second",
          "accepts/s, median and range of the rounds",
          Array.from(results.keys(), (who) => ({
            who,
            group: "",
            value: median(rates(who)),
            low: lowest(rates(who)),
            high: highest(rates(who))
          }))
        )
      }
    ],
    notes: [
      `Rounds: ${accepts.rounds}, of ${accepts.seconds} s, after ${warmUpSeconds} s of warming up, the whole relay on SQLite, traces sent by OTLP (protobuf) to a collector on this machine that throws them away.`,
      `${versions.sqlite}.`
    ]
  }
  return report
})

export const tracing: Scenario = { letter: "h", title: "The cost of tracing", run }
