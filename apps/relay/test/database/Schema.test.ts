import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  databaseFile,
  layerFile,
  layerPostgres,
  postgresDatabase
} from "../../../../packages/engine/test/databases.ts"
import { formerDatabase } from "../../../../packages/engine/test/store/formerDatabase.ts"
import { schema } from "../../../../packages/engine/test/store/schemaLines.ts"
import * as Schema from "../../src/database/Schema.ts"

describe.each([
  ["SQLite", Effect.map(databaseFile, layerFile)],
  ["Postgres", Effect.map(postgresDatabase, layerPostgres)]
] as const)("on %s", (_, database) => {
  const given = <A, E, R>(test: Effect.Effect<A, E, R>) =>
    Effect.flatMap(database, (layer) => Effect.provide(test, layer, { local: true }))

  it.effect(
    "a new database and an upgraded one end in the same schema, with every table that a move copies",
    () =>
      Effect.gen(function* () {
        const made = yield* given(Effect.andThen(Schema.migrate, schema))
        const upgraded = yield* given(Effect.andThen(formerDatabase, Effect.andThen(Schema.migrate, schema)))
        expect(upgraded).toEqual(made)
        const tables = new Set(made.map((line) => line.split(" ")[0]))
        for (const { name } of Schema.tables) expect(tables).toContain(name)
      })
  )

  it.effect("what is pending has run after the upgrade, and not a second time", () =>
    given(
      Effect.gen(function* () {
        expect(yield* Schema.pending).toEqual(Schema.migrations)
        expect(yield* Schema.migrate).toHaveLength(Schema.migrations.length)
        expect(yield* Schema.pending).toEqual([])
        expect(yield* Schema.migrate).toEqual([])
      })
    )
  )
})

it.effect("no table of the relay is left out by a move", () =>
  Effect.gen(function* () {
    const lines = yield* Effect.provide(
      Effect.andThen(Schema.migrate, schema),
      layerFile(yield* databaseFile)
    )
    const tables = new Set(lines.map((line) => line.split(" ")[0]))
    // Triggers count the invitations that the move copies.
    const notCopied = new Set(["live_counts", "probes", "settings", "sqlite_schema"])
    expect([...tables].filter((name) => !notCopied.has(name ?? "")).toSorted()).toEqual(
      Schema.tables.map(({ name }) => name).toSorted()
    )
  })
)
