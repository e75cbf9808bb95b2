/** (e): the cost of accepting and claiming by the number of pending invitations. */
import { Effect } from "effect"
import * as program from "../contenders/program.ts"
import * as versions from "../contenders/versions.ts"
import { filled, inTurns, openPostgres, openSqlite, type Services } from "../inbox/databases.ts"
import type { Mode } from "../Mode.ts"
import { lines, type Point } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { figure, median, ratio, whole } from "../report/statistics.ts"
import type { Scenario } from "../Scenario.ts"

const run = Effect.fnUntraced(function* (mode: Mode) {
  const folder = yield* program.folder
  const kinds = {
    SQLite: (size: number) => openSqlite(`${folder}/${size}.db`),
    Postgres: () => openPostgres
  }
  const rows: Array<ReadonlyArray<string>> = []
  const points: Array<Point> = []
  for (const [kind, database] of Object.entries(kinds)) {
    const databases: Array<Services> = []
    for (const size of mode.backlogs) databases.push(yield* filled(yield* database(size), size))
    const taken = yield* inTurns(databases, mode.samples)
    for (const [name, least] of Object.entries(taken[0] ?? {})) {
      const who = `${kind}: ${name}`
      const each = taken.map((times) => times[name] ?? [])
      const medians = each.map(median)
      rows.push([who, ratio(each.at(-1) ?? [], least).toFixed(2), ...medians.map(figure)])
      points.push(...medians.map((y, index) => ({ who, x: mode.backlogs[index] ?? 0, y })))
    }
  }
  const report: Report = {
    tables: [
      {
        title:
          "Microseconds by the number of due invitations (as many more are due later, and as many webhooks are stored)",
        head: ["", "most to least", ...mode.backlogs.map(whole)],
        rows
      }
    ],
    plots: [
      {
        name: "e-backlog",
        alt: "The cost of accepting and claiming by the size of the backlog",
        picture: lines("Cost by backlog", { x: "due invitations", y: "microseconds" }, points)
      }
    ],
    notes: [
      `Medians of ${mode.samples} rounds, in which the databases take turns. The Inbox runs in this process, without HTTP. A claim is for 20 calls.`,
      `${versions.sqlite}. ${yield* versions.postgres}.`
    ]
  }
  return report
})

export const growth: Scenario = { letter: "e", title: "Cost by the size of the backlog", run }
