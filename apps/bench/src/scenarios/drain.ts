/** (c): the cost and the rate of sending a backlog to an upstream without limits. */
import { Effect, Schema } from "effect"
import * as program from "../contenders/program.ts"
import * as usher from "../contenders/usher.ts"
import * as Load from "../load/Load.ts"
import * as versions from "../contenders/versions.ts"
import type { Mode } from "../Mode.ts"
import * as Process from "../Process.ts"
import * as processorTime from "../processorTime.ts"
import { bar, bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { beside, median, whole } from "../report/statistics.ts"
import { inTurn } from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"
import * as backlog from "./backlog.ts"
import { poll, until } from "./poll.ts"
import { count } from "./recovery.ts"

const Counts = Schema.Struct({
  calls: Schema.Int,
  people: Schema.Int,
  /** In milliseconds since 1970. */
  firstAt: Schema.Finite,
  lastAt: Schema.Finite
})

interface Drained {
  readonly perSecond: number
  readonly calls: number
  readonly people: number
  /** The program's processor time for each invitation, in microseconds. */
  readonly processor: number
}

/** Measures from the first call to the last, and the processor time until all work has ended. */
const drained = Effect.fnUntraced(function* (
  upstream: string,
  people: number,
  used: Effect.Effect<number | undefined>
) {
  const counts = yield* poll(upstream, Counts, (counts) => counts.people >= people)
  const seconds = (counts.lastAt - counts.firstAt) / 1_000
  const result: Drained = {
    perSecond: counts.people / seconds,
    calls: counts.calls,
    people: counts.people,
    processor: ((yield* used) ?? Number.NaN) / counts.people
  }
  return result
})

const kinds = [
  { name: "single calls", how: "single", peoplePerLive: 1, spot: "budget: unlimited, batchSize: 1" },
  { name: "bulk calls of 100", how: "bulk", peoplePerLive: 100, spot: "budget: unlimited" }
] as const

type Kind = (typeof kinds)[number]

/** The client prints the processor time since it was ready, in microseconds. */
const printed = /processor (\d+)/

const bare = Effect.fnUntraced(function* ({ how, peoplePerLive }: Kind, people: number) {
  const upstream = yield* usher.upstream
  const { output } = yield* Process.start({
    ...program.node("programs/client.ts", how, upstream, String(people), String(peoplePerLive)),
    folder: yield* program.folder
  })
  const used = Effect.map(
    until(output, (text) => printed.test(text)),
    (text) => Number(printed.exec(text)?.[1])
  )
  return yield* drained(upstream, people, used)
}, Effect.scoped)

/** The number of webhooks that are not mapped, and of invitations that are not settled. */
const unfinished = (folder: string) =>
  count(
    folder,
    `SELECT (SELECT count(*) FROM webhooks WHERE status = 'received')
      + (SELECT count(*) FROM invitations WHERE status = 'pending')`
  )

const ours = Effect.fnUntraced(function* (load: Load.Load, { peoplePerLive, spot }: Kind, people: number) {
  const folder = yield* backlog.make(load, people, peoplePerLive)
  const upstream = yield* usher.upstream
  const { pid } = yield* usher.start({ upstream, folder, spot })
  const read = Effect.sync(() => processorTime.read([pid])[0])
  // V8 has loaded the modules before the relay listens.
  const before = yield* read
  const used = until(unfinished(folder), (count) => count === 0).pipe(
    Effect.andThen(read),
    Effect.map((after) => (before === undefined || after === undefined ? undefined : after - before))
  )
  return yield* drained(upstream, people, used)
}, Effect.scoped)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const people = Math.ceil(mode.people / 100) * 100
  const all = kinds.flatMap((kind) => {
    const floor = `floor: undici, ${kind.name}`
    return [
      { name: floor, kind, floor, run: bare(kind, people) },
      { name: `usher serve, ${kind.name}`, kind, floor, run: ours(load, kind, people) }
    ]
  })
  const results = yield* inTurn(all, mode.starts, ({ run }) => run)
  const of = (name: string) => results.get(name) ?? []
  const rates = (own: ReadonlyArray<Drained>) => own.map(({ perSecond }) => perSecond)
  const times = (own: ReadonlyArray<Drained>) => own.map(({ processor }) => processor)
  const picture = (title: string, unit: string, measure: typeof rates) =>
    bars(
      title,
      `${unit}, median and range of the rounds`,
      all.flatMap(({ name, kind }) => bar(name, measure(of(name)), kind.name))
    )
  const report: Report = {
    tables: [
      {
        title: `${whole(people)} people invited at an upstream without limits`,
        head: [
          "",
          "processor time for each invitation, µs: ratio to the floor, then the median (lowest to highest)",
          "people/s: ratio, then the median (lowest to highest)",
          "calls",
          "people a call"
        ],
        rows: all.map(({ name, floor }) => [
          name,
          beside(times(of(name)), times(of(floor))),
          beside(rates(of(name)), rates(of(floor))),
          whole(median(of(name).map(({ calls }) => calls))),
          median(of(name).map(({ calls, people }) => people / calls)).toFixed(1)
        ])
      }
    ],
    plots: [
      {
        name: "c-processor",
        alt: "Processor time for each invitation by single and by bulk calls, beside bare undici",
        picture: picture("Processor time for each invitation", "microseconds", times)
      },
      {
        name: "c-drain",
        alt: "People invited in a second by single and by bulk calls, beside bare undici",
        picture: picture("People invited in a second, upstream without limits", "people/s", rates)
      }
    ],
    notes: [
      `Rounds: ${mode.starts}. The relay starts with ${whole(people)} accepted webhooks on SQLite and maps, claims, sends and settles them, and commits each step to disk. The floor has them in memory and stores nothing. Both make 8 calls at a time, and are timed from the first call to the last.`,
      "Processor time is user and system time of all threads and child processes, from when the program is ready until everything is settled, without the upstream.",
      `${versions.sqlite}.`
    ]
  }
  return report
})

export const drain: Scenario = { letter: "c", title: "Draining a backlog, without limits", run }
