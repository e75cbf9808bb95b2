/**
 * Moves the data from SQLite to Postgres, with delivery ids, schedules, attempts and spent budget. A move that was broken
 * off starts over. Counts and hashes of every table prove it in the end.
 */
import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { sha256 } from "../../runtime/digest.ts"
import { seal, unseal } from "./seal.ts"
import {
  type Digest,
  digest,
  following,
  type Mark,
  markOf,
  type Table,
  tables as engineTables
} from "./tables.ts"

/**
 * The move can't begin, or its result is wrong. The message says what to do.
 *
 * @category errors
 */
export class MoveRefused extends Schema.TaggedError<MoveRefused>()("MoveRefused", {
  /** Why the move was refused. */
  message: Schema.String
}) {}

/**
 * How many rows of a table were copied.
 *
 * @category models
 */
export interface Moved extends Digest {
  /** The name of the table. */
  readonly table: string
}

/**
 * Where the data comes from and goes to.
 *
 * @category options
 */
export interface Options {
  /** SQLite. It refuses all writes during the move, and forever if the move succeeds. */
  readonly source: SqlClient.SqlClient
  /** An empty Postgres database, or the target of an earlier try. */
  readonly target: SqlClient.SqlClient
  /** What is copied, in the order of their references. Default: `tables`, those of the engine. */
  readonly tables?: ReadonlyArray<Table> | undefined
  /** Called after each batch, with the number of rows copied so far. */
  readonly onProgress?: ((table: string, rows: number) => Effect.Effect<void>) | undefined
}

/**
 * Moves everything. Both databases have to be migrated. After a failure the source is in use as before.
 *
 * @category moving
 */
export const move = Effect.fn("Move.move")(function* (
  options: Options
): Effect.fn.Return<ReadonlyArray<Moved>, MoveRefused | SqlError.SqlError> {
  const { source, target, tables = engineTables } = options
  const key = yield* setting(source, "person_key")
  if ((yield* setting(source, "moved")) !== undefined || key === undefined) {
    return yield* new MoveRefused({
      message: "This database has moved: configure the database that it moved to."
    })
  }
  yield* begin(target, key, tables)
  yield* seal(source, tables)
  const moved = yield* Effect.gen(function* () {
    for (const table of tables) yield* copy(options, table)
    const moved = yield* verify(options, tables)
    // The source is closed before the target drops its marks. If the process is killed in between, exactly one database
    // is in use.
    yield* source`INSERT INTO settings ${source.insert([{ name: "moved", value: "1" }])}`
    return moved
  }).pipe(Effect.onError(() => Effect.ignore(unseal(source, tables))))
  // The marks are harmless if they remain.
  yield* Effect.ignore(target`DELETE FROM settings WHERE name LIKE 'moving%'`)
  return moved
})

/**
 * Makes the source usable again after a move that was killed. Returns whether there was one.
 *
 * @category moving
 */
export const stay = Effect.fn("Move.stay")(function* (
  source: SqlClient.SqlClient,
  tables: ReadonlyArray<Table> = engineTables
): Effect.fn.Return<boolean, MoveRefused | SqlError.SqlError> {
  if ((yield* setting(source, "moved")) !== undefined) {
    return yield* new MoveRefused({
      message:
        "The move has ended: what came since is in the other database, so this one must not be used again."
    })
  }
  const isSealed = (yield* setting(source, "sealed")) !== undefined
  yield* unseal(source, tables)
  return isSealed
})

const setting = (sql: SqlClient.SqlClient, name: string) =>
  Effect.map(sql<{ value: string }>`SELECT value FROM settings WHERE name = ${name}`, ([row]) => row?.value)

/** Marks the target as belonging to this move, unless it is in use. Deletes what an earlier try has copied. */
const begin = Effect.fnUntraced(function* (
  target: SqlClient.SqlClient,
  key: string,
  tables: ReadonlyArray<Table>
) {
  const from = yield* setting(target, "moving_from")
  if (from === sha256(key)) {
    yield* Effect.forEach(tables.toReversed(), ({ name }) => target`DELETE FROM ${target(name)}`).pipe(
      target.withTransaction
    )
    return
  }
  const filled = yield* Effect.filter(tables, ({ name }) =>
    Effect.map(target`SELECT 1 AS found FROM ${target(name)} LIMIT 1`, (found) => found.length > 0)
  )
  if (from !== undefined || filled.length > 0) {
    return yield* new MoveRefused({
      message: `The target is in use (${filled.map(({ name }) => name).join(", ") || "by another move"}): name an empty database.`
    })
  }
  const own = target.insert([
    { name: "moving_from", value: sha256(key) },
    { name: "person_key", value: key }
  ])
  yield* target`INSERT INTO settings ${own} ON CONFLICT (name) DO UPDATE SET value = excluded.value`
})

const copy = Effect.fnUntraced(function* ({ source, target, onProgress }: Options, table: Table) {
  let mark: Mark = []
  let rows = 0
  for (;;) {
    const [first, ...rest] = yield* following(source, table, mark)
    if (first === undefined) return
    mark = markOf(table, rest.at(-1) ?? first)
    rows += rest.length + 1
    yield* target`INSERT INTO ${target(table.name)} ${target.insert([first, ...rest])}`
    if (onProgress !== undefined) yield* onProgress(table.name, rows)
  }
})

const verify = ({ source, target }: Options, tables: ReadonlyArray<Table>) =>
  Effect.forEach(
    tables,
    Effect.fnUntraced(function* (table): Effect.fn.Return<Moved, MoveRefused | SqlError.SqlError> {
      const there = yield* digest(target, table)
      const here = yield* digest(source, table)
      if (here.rows === there.rows && here.sha256 === there.sha256) return { table: table.name, ...there }
      return yield* new MoveRefused({
        message: `${table.name} differs after the copy (${here.rows} rows in the source, ${there.rows} in the target): run the command again.`
      })
    })
  )

export { type Table, tables } from "./tables.ts"
