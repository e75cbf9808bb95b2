/** The whole schema of the relay's database: the tables of the engine, and those of the admin API. */
import * as Admin from "@usher/admin/Migrations"
import { Migrations, Move } from "@usher/engine"
import { Effect } from "effect"

/** The tables, as a move copies them and a compaction rewrites them. */
export const tables: ReadonlyArray<Move.Table> = [...Move.tables, ...Admin.tables]

/** Every migration, by its number and name. */
export const migrations = [...Object.keys(Migrations.migrations), ...Object.keys(Admin.migrations)]

/** Brings the database up to date, and returns the names of the migrations that ran. */
export const migrate = Effect.map(Effect.all([Migrations.migrate, Admin.migrate]), (ran) =>
  ran.flat().map(([, name]) => name)
)

/** The migrations that `migrate` would run. */
export const pending = Effect.map(Effect.all([Migrations.pending, Admin.pending]), (pending) =>
  pending.flat()
)
