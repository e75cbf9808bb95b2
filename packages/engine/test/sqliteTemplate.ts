/** A database with all tables and nothing in them, made once for a worker: a copy of it takes a sixth of what its migrations take. */
import { Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { SqliteClient } from "@usher/sqlite"
import { copyFileSync, constants, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Events, Signals, StoreSql } from "../src/index.ts"

const made = Effect.suspend(() => {
  const folder = mkdtempSync(join(tmpdir(), "usher-template-"))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  const filename = join(folder, "template.db")
  return Layer.build(
    StoreSql.layer.pipe(
      Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone]),
      Layer.provide(SqliteClient.layer({ filename }))
    )
  ).pipe(
    Effect.scoped,
    // A new database has no statistics of its tables yet: they are written as it closes.
    Effect.andThen(Effect.sync(() => withoutStatistics(filename))),
    Effect.orDie,
    Effect.as(filename)
  )
})

const withoutStatistics = (filename: string) => {
  const database = new DatabaseSync(filename)
  database.exec("DROP TABLE sqlite_stat1; DROP TABLE IF EXISTS sqlite_stat4; VACUUM")
  database.close()
}

const template = Effect.runSync(Effect.cached(made))

/** Puts a copy where there is no file yet. */
export const copyTo = (filename: string): Effect.Effect<void> =>
  Effect.map(template, (from) => {
    try {
      copyFileSync(from, filename, constants.COPYFILE_EXCL)
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
    }
  })

/** What SQLite says of the template. */
interface Part {
  readonly type: string
  readonly name: string
  readonly sql: string
}

/** In memory there is nothing to copy to: the tables are created as they are, and their few rows copied. */
export const layerMemory = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`ATTACH ${yield* template} AS template`
    const parts = yield* sql<Part>`SELECT type, name, sql FROM template.sqlite_schema WHERE sql IS NOT NULL`
    yield* Effect.gen(function* () {
      for (const part of parts) yield* sql.unsafe(part.sql)
      for (const { type, name } of parts) {
        if (type === "table") yield* sql.unsafe(`INSERT INTO "${name}" SELECT * FROM template."${name}"`)
      }
    }).pipe(sql.withTransaction)
    yield* sql`DETACH template`
  })
).pipe(Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })))
