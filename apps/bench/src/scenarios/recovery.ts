/** (g): the time from a kill under load to the next accepted webhook, by the size of the backlog. */
import { Effect, Fiber } from "effect"
import { DatabaseSync } from "node:sqlite"
import * as usher from "../contenders/usher.ts"
import * as versions from "../contenders/versions.ts"
import * as Load from "../load/Load.ts"
import type { Mode } from "../Mode.ts"
import { bar, bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { median, spread, whole } from "../report/statistics.ts"
import type { Scenario } from "../Scenario.ts"
import * as jobs from "./jobs.ts"
import * as waiting from "./waiting.ts"

/** Reads a number from the relay's database. */
export const count = (folder: string, sql: string) =>
  Effect.sync(() => {
    const db = new DatabaseSync(`${folder}/usher.db`, { readOnly: true })
    const row = db.prepare(`SELECT (${sql}) AS count`).get()
    db.close()
    return Number(row?.["count"])
  })

/** The number of deliveries that are stored before the kill. */
const minStored = 200

const once = Effect.fnUntraced(function* (load: Load.Load, filled: string, upstream: string) {
  const folder = yield* waiting.copy(filled)
  const options = { upstream, folder, moreSpots: waiting.spots }
  const killed = yield* usher.start(options)
  yield* load.first(killed.url)
  const loading = yield* Effect.forkChild(load.run(jobs.all(killed.url, 5_000, 60)))
  yield* Effect.sleep("50 millis").pipe(
    Effect.andThen(count(folder, "SELECT count(*) FROM webhooks WHERE source = 'bench'")),
    Effect.repeat({ until: (stored) => stored >= minStored, times: 1_000 })
  )
  yield* killed.kill
  const { accepted } = yield* Fiber.join(loading)
  const again = yield* usher.start(options)
  return { seconds: ((yield* load.first(again.url)) - again.startedAt) / 1_000, accepted }
}, Effect.scoped)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const upstream = yield* usher.upstream
  const results = yield* Effect.forEach(
    mode.backlogs,
    Effect.fnUntraced(function* (size) {
      const filled = yield* waiting.make(size)
      const all = yield* Effect.replicateEffect(once(load, filled, upstream), mode.starts)
      return {
        name: `usher serve, ${whole(size)} due`,
        seconds: all.map(({ seconds }) => seconds),
        accepted: all.map(({ accepted }) => accepted)
      }
    })
  )
  const report: Report = {
    tables: [
      {
        title: "From the start after a SIGKILL under load to the first accepted webhook",
        head: ["", "seconds, median (lowest to highest)", "acknowledged before the kill"],
        rows: results.map(({ name, seconds, accepted }) => [name, spread(seconds), whole(median(accepted))])
      }
    ],
    plots: [
      {
        name: "g-recovery",
        alt: "Seconds until the relay accepts again after a kill, by backlog",
        picture: bars(
          "Until it accepts again after a SIGKILL",
          "seconds, median and range of the rounds",
          results.flatMap(({ name, seconds }) => bar(name, seconds))
        )
      }
    ],
    notes: [
      `Kills for each: ${mode.starts}, on SQLite, while 64 connections send and the relay maps and dispatches. packages/engine/test/store/InboxSql.killed.test.ts checks that no acknowledged webhook is lost.`,
      `${versions.sqlite}.`
    ]
  }
  return report
})

export const recovery: Scenario = { letter: "g", title: "Recovery after a kill", run }
