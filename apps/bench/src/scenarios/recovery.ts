/** (g): how soon it accepts again after a kill in the middle of its work, with few and with many who wait. */
import { Effect, Fiber } from "effect"
import { DatabaseSync } from "node:sqlite"
import * as usher from "../contenders/usher.ts"
import * as Load from "../load/Load.ts"
import * as versions from "../contenders/versions.ts"
import type { Mode } from "../Mode.ts"
import { bars } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { highest, lowest, median, spread, whole } from "../report/statistics.ts"
import type { Scenario } from "../Scenario.ts"
import * as waiting from "./waiting.ts"

interface Recovery {
  readonly seconds: number
  /** Before the kill. */
  readonly accepted: number
}

/** How many deliveries of the load are there. */
const stored = (folder: string) =>
  Effect.sync(() => {
    const db = new DatabaseSync(`${folder}/usher.db`, { readOnly: true })
    const row = db.prepare("SELECT count(*) AS count FROM webhooks WHERE source = 'bench'").get()
    db.close()
    return Number(row?.["count"])
  })

/** So many are stored before the kill. */
const enough = 200

const once = Effect.fnUntraced(function* (load: Load.Load, filled: string, upstream: string) {
  const folder = yield* waiting.copy(filled)
  const options = { upstream, folder, moreSpots: waiting.spots }
  const killed = yield* usher.start(options)
  yield* load.first(killed.url)
  const job = { bytes: 1_000, connections: 64, peoplePerLive: 100, rate: null, deliveries: 5_000 }
  const loading = yield* Effect.forkChild(
    load.run({ ...job, url: killed.url, seconds: 60, warmUpSeconds: 0 })
  )
  yield* Effect.sleep("50 millis").pipe(
    Effect.andThen(stored(folder)),
    Effect.repeat({ until: (count) => count >= enough, times: 1_000 })
  )
  yield* killed.kill
  const { accepted } = yield* Fiber.join(loading)
  const again = yield* usher.start(options)
  const seconds = ((yield* load.first(again.url)) - again.startedAt) / 1_000
  const recovery: Recovery = { seconds, accepted }
  return recovery
}, Effect.scoped)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const upstream = yield* usher.upstream
  const results: Array<readonly [name: string, all: ReadonlyArray<Recovery>]> = []
  for (const size of mode.backlogs) {
    const filled = yield* waiting.make(size)
    results.push([
      `usher serve, ${whole(size)} due`,
      yield* Effect.replicateEffect(once(load, filled, upstream), mode.starts)
    ])
  }
  const report: Report = {
    tables: [
      {
        title: "From the start after a SIGKILL under load to the first accepted webhook",
        head: ["", "seconds, median (lowest to highest)", "acknowledged before the kill"],
        rows: results.map(([name, all]) => [
          name,
          spread(all.map(({ seconds }) => seconds)),
          whole(median(all.map(({ accepted }) => accepted)))
        ])
      }
    ],
    plots: [
      {
        name: "g-recovery",
        alt: "Seconds until the relay accepts again after a kill, by backlog",
        picture: bars(
          "Until it accepts again after a SIGKILL",
          "seconds, median and range of the rounds",
          results.map(([who, all]) => {
            const seconds = all.map((recovery) => recovery.seconds)
            return { who, group: "", value: median(seconds), low: lowest(seconds), high: highest(seconds) }
          })
        )
      }
    ],
    notes: [
      `Kills for each: ${mode.starts}, on SQLite, while 64 connections send and the relay maps and dispatches. That nothing acknowledged is lost is another question, which packages/engine/test/killed asks.`,
      `${versions.sqlite}.`
    ]
  }
  return report
})

export const recovery: Scenario = { letter: "g", title: "Recovery after a kill", run }
