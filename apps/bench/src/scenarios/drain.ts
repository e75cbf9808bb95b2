/** (c): how fast a backlog is sent where the upstream sets no limits. */
import { Effect, Schema } from "effect"
import * as program from "../contenders/program.ts"
import * as usher from "../contenders/usher.ts"
import * as Load from "../load/Load.ts"
import * as versions from "../contenders/versions.ts"
import type { Mode } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { figure, highest, lowest, median, ratio, spread, whole } from "../report/statistics.ts"
import type { Scenario } from "../Scenario.ts"
import * as backlog from "./backlog.ts"
import { poll } from "./poll.ts"

const Counts = Schema.Struct({
  calls: Schema.Int,
  people: Schema.Int,
  bulkCalls: Schema.Int,
  /** By the clock of the machine, in milliseconds. */
  firstAt: Schema.Finite,
  lastAt: Schema.Finite
})

interface Drained {
  readonly perSecond: number
  readonly calls: number
  readonly people: number
}

/** From the first call to the last. */
const drained = Effect.fnUntraced(function* (upstream: string, people: number) {
  const counts = yield* poll(upstream, Counts, (counts) => counts.people >= people)
  const seconds = (counts.lastAt - counts.firstAt) / 1_000
  const result: Drained = { perSecond: counts.people / seconds, calls: counts.calls, people: counts.people }
  return result
})

const kinds = [
  { name: "single calls", how: "single", peoplePerLive: 1, spot: "budget: unlimited, batchSize: 1" },
  { name: "bulk calls of 100", how: "bulk", peoplePerLive: 100, spot: "budget: unlimited" }
] as const

type Kind = (typeof kinds)[number]

const bare = Effect.fnUntraced(function* ({ how, peoplePerLive }: Kind, people: number) {
  const upstream = yield* usher.upstream
  yield* Process.start({
    ...program.node("programs/client.ts", how, upstream, String(people), String(peoplePerLive)),
    folder: yield* program.folder
  })
  return yield* drained(upstream, people)
}, Effect.scoped)

const ours = Effect.fnUntraced(function* (load: Load.Load, { peoplePerLive, spot }: Kind, people: number) {
  const folder = yield* backlog.make(load, people, peoplePerLive)
  const upstream = yield* usher.upstream
  yield* usher.start({ upstream, folder, spot })
  return yield* drained(upstream, people)
}, Effect.scoped)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const people = Math.ceil(mode.people / 100) * 100
  const results = new Map<
    string,
    { readonly kind: string; readonly all: Array<Drained>; readonly floor: Array<Drained> }
  >()
  for (let round = 0; round < mode.starts; round++) {
    for (const kind of kinds) {
      const floor = yield* bare(kind, people)
      const own = yield* ours(load, kind, people)
      const add = (name: string, result: Drained) => {
        const entry = results.get(name) ?? { kind: kind.name, all: [], floor: [] }
        results.set(name, entry)
        entry.all.push(result)
        entry.floor.push(floor)
      }
      add(`floor: undici, ${kind.name}`, floor)
      add(`usher serve, ${kind.name}`, own)
    }
  }
  const rates = (all: ReadonlyArray<Drained>) => all.map(({ perSecond }) => perSecond)
  const report: Report = {
    tables: [
      {
        title: `${whole(people)} people invited at an upstream without limits`,
        head: ["", "ratio to the floor", "people/s, median (lowest to highest)", "calls", "people a call"],
        rows: Array.from(results, ([name, { all, floor }]) => [
          name,
          figure(ratio(rates(all), rates(floor))),
          spread(rates(all)),
          whole(median(all.map(({ calls }) => calls))),
          median(all.map(({ calls, people }) => people / calls)).toFixed(1)
        ])
      }
    ],
    plots: [
      {
        name: "c-drain",
        alt: "People invited in a second by single and by bulk calls, beside bare undici",
        picture: bars(
          "People invited in a second, upstream without limits",
          "people/s, median and range of the rounds",
          Array.from(results, ([who, { kind, all }]) => ({
            who,
            group: kind,
            value: median(rates(all)),
            low: lowest(rates(all)),
            high: highest(rates(all))
          }))
        )
      }
    ],
    notes: [
      `Rounds: ${mode.starts}. The relay starts with ${whole(people)} accepted webhooks on SQLite and maps, claims, sends and settles them, each step committed to disk; the floor has them in memory and keeps nothing. Both have 8 calls under way, and are timed from the first call to the last.`,
      `${versions.sqlite}.`
    ]
  }
  return report
})

export const drain: Scenario = { letter: "c", title: "Draining a backlog, without limits", run }
