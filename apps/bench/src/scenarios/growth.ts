/** (e): whether accepting and claiming cost more with many invitations that wait. */
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import * as PostgresStore from "@usher/engine/Postgres"
import { Events, InboxSql, Signals, SpotControlSql, StoreSql } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { fill } from "../../../../packages/engine/bench/fill.ts"
import { inTurns, type Services, settled } from "../../../../packages/engine/bench/growth.ts"
import * as versions from "../contenders/versions.ts"
import type { Mode } from "../Mode.ts"
import { lines } from "../report/plots.ts"
import type { Report } from "../report/Report.ts"
import { figure, median, ratio, whole } from "../report/statistics.ts"
import type { Scenario } from "../Scenario.ts"
import { Postgres } from "../servers/Postgres.ts"

const Inbox = Layer.merge(InboxSql.layer, SpotControlSql.layer).pipe(
  Layer.provide(StoreSql.layer),
  Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone])
)

const open = <E>(database: Layer.Layer<SqlClient.SqlClient, E>) =>
  Layer.build(Layer.fresh(Layer.provideMerge(Inbox, database))).pipe(Effect.orDie)

/** So many at a time, which one statement makes. */
const step = 50_000

const filled = Effect.fnUntraced(function* (services: Services, size: number) {
  for (let from = 0; from < size; from += step) {
    yield* Effect.provide(fill(from, Math.min(size, from + step)), services)
  }
  yield* Effect.provide(settled, services)
  return services
}, Effect.orDie)

const run = Effect.fnUntraced(function* (mode: Mode) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* Effect.orDie(fs.makeTempDirectoryScoped({ prefix: "usher-bench-" }))
  const postgres = yield* Postgres
  const kinds = {
    SQLite: (size: number) => open(SqliteClient.layer({ filename: `${folder}/${size}.db` })),
    Postgres: () =>
      Effect.flatMap(postgres.database, (url) => open(PostgresStore.layerClient({ url: Redacted.make(url) })))
  }
  const rows: Array<ReadonlyArray<string>> = []
  const points: Array<{ readonly who: string; readonly x: number; readonly y: number }> = []
  for (const [kind, database] of Object.entries(kinds)) {
    const databases: Array<Services> = []
    for (const size of mode.backlogs) databases.push(yield* filled(yield* database(size), size))
    const taken = yield* Effect.orDie(inTurns(databases, mode.samples))
    for (const [name, least] of Object.entries(taken[0] ?? {})) {
      const each = taken.map((times) => times[name] ?? [])
      rows.push([
        `${kind}: ${name}`,
        ratio(each.at(-1) ?? [], least).toFixed(2),
        ...each.map((times) => figure(median(times)))
      ])
      for (const [index, times] of each.entries()) {
        points.push({ who: `${kind}: ${name}`, x: mode.backlogs[index] ?? 0, y: median(times) })
      }
    }
  }
  const report: Report = {
    tables: [
      {
        title:
          "Microseconds by how many invitations are due (as many more are not yet, and as many webhooks are kept)",
        head: ["", "most to least", ...mode.backlogs.map(whole)],
        rows
      }
    ],
    plots: [
      {
        name: "e-backlog",
        alt: "What accepting and claiming cost by the size of the backlog",
        picture: lines("Cost by backlog", { x: "invitations that are due", y: "microseconds" }, points)
      }
    ],
    notes: [
      `Medians of ${mode.samples} rounds, in which the databases take turns; the Inbox in process, without HTTP. A claim is of 20 calls.`,
      `${versions.sqlite}. ${yield* versions.postgres}.`
    ]
  }
  return report
})

export const growth: Scenario = { letter: "e", title: "Cost by the size of the backlog", run }
