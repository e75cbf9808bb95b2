/** (d): the time to invite many people within the documented limits of MeltingSpot. */
import { Effect, Schema } from "effect"
import * as program from "../contenders/program.ts"
import * as usher from "../contenders/usher.ts"
import * as Load from "../load/Load.ts"
import type { Mode } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bar, bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { figure, whole } from "../report/statistics.ts"
import type { Scenario } from "../Scenario.ts"
import * as backlog from "./backlog.ts"
import { poll } from "./poll.ts"

const Summary = Schema.Struct({
  arrived: Schema.Int,
  accepted: Schema.Struct({ calls: Schema.Int, busiest10s: Schema.Int }),
  refused: Schema.Int,
  invited: Schema.Int
})

/** The clients without a relay run this many times as fast, because they would take a quarter of an hour. */
const fast = 50

/** Measures from the first call until everyone is invited. */
const cleared = Effect.fnUntraced(function* (who: string, sandbox: string, people: number, speed: number) {
  const url = `${sandbox}/sandbox/summary`
  yield* poll(url, Summary, ({ arrived }) => arrived > 0)
  const start = performance.now()
  const summary = yield* poll(url, Summary, ({ invited }) => invited >= people)
  return { who, seconds: ((performance.now() - start) / 1_000) * speed, speed, summary }
})

const client = Effect.fnUntraced(function* (who: string, how: "honour" | "retry", people: number) {
  const sandbox = yield* usher.sandbox(fast)
  yield* Process.start({
    ...program.node("programs/client.ts", how, sandbox, String(people), "100", String(fast)),
    folder: yield* program.folder,
    env: { MELTINGSPOT_SECRET_KEY: usher.key }
  })
  return yield* cleared(who, sandbox, people, fast)
}, Effect.scoped)

const ours = Effect.fnUntraced(function* (load: Load.Load, people: number, peoplePerLive: number) {
  const folder = yield* backlog.make(load, people, peoplePerLive)
  const sandbox = yield* usher.sandbox(1)
  yield* usher.start({ upstream: sandbox, folder })
  const who = `usher serve, ${whole(peoplePerLive)} people for each Live`
  return yield* cleared(who, sandbox, people, 1)
}, Effect.scoped)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const { people } = mode
  const results = [
    yield* ours(load, people, people / 10),
    ...(mode.name === "full" ? [yield* ours(load, people, 10)] : []),
    yield* client("one by one, within the windows", "honour", people),
    yield* client("one by one, tried again after 429", "retry", people)
  ]
  const [fastest] = results
  const report: Report = {
    tables: [
      {
        title: `Time until ${whole(people)} people are invited, at 100 calls in any 10 s and 50,000 in any 24 h`,
        head: [
          "",
          "times the first",
          "seconds",
          "people a call",
          "calls",
          "refused (429)",
          "most let through in 10 s",
          "clock"
        ],
        rows: results.map(({ who, seconds, speed, summary }) => [
          who,
          figure(seconds / (fastest?.seconds ?? Number.NaN)),
          figure(seconds),
          figure(people / summary.accepted.calls),
          whole(summary.accepted.calls),
          whole(summary.refused),
          whole(summary.accepted.busiest10s),
          speed === 1 ? "real" : `${speed} times as fast`
        ])
      }
    ],
    plots: [
      {
        name: "d-clear",
        alt: "Seconds until everyone is invited within the documented limits",
        picture: bars(
          `Until ${whole(people)} people are invited`,
          "seconds",
          results.flatMap(({ who, seconds }) => bar(who, [seconds]))
        )
      }
    ],
    notes: [
      `The upstream is apps/sandbox, which enforces both windows. The relay starts with the webhooks accepted, in real time. The clients without a relay run ${fast} times as fast, and so do their windows. Their seconds are the measured ones times ${fast}, accurate to a second. Each ran once, because the windows determine the time.`
    ]
  }
  return report
})

export const clear: Scenario = { letter: "d", title: "Clearing a backlog within the limits", run }
