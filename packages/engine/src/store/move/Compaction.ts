/**
 * Rewrites the database without deleted data. On SQLite: `VACUUM`, then a checkpoint that empties the write-ahead log.
 * On Postgres: `VACUUM (FULL, ANALYZE)` for each table, because the plain `VACUUM` leaves the bytes of deleted rows in
 * their pages until these are used again.
 */
import { Effect, Schedule } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { type Table, tables as engineTables } from "./tables.ts"

/**
 * The size of a database, in bytes.
 *
 * @category models
 */
export interface Size {
  /** The database. On Postgres, the relay's tables with their indexes. */
  readonly bytes: number
  /** Bytes of free pages. Null on Postgres, which does not count them. */
  readonly free: number | null
  /** The free disk space that compaction needs, at most. */
  readonly needed: number
}

const sqliteSize = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [found] = yield* sql<{
    pages: number
    free: number
    size: number
  }>`SELECT page_count AS pages, freelist_count AS free, page_size AS size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size`
  const { pages, free, size } = found ?? { pages: 0, free: 0, size: 0 }
  // A copy beside the file, and the same again in the log.
  return { bytes: pages * size, free: free * size, needed: 2 * (pages - free) * size }
})

const postgresSize = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, tables: ReadonlyArray<Table>) {
  const sizes = yield* Effect.forEach(
    tables,
    ({ name }) => sql<{ bytes: number }>`SELECT pg_total_relation_size(CAST(${name} AS regclass)) AS bytes`
  )
  const all = sizes.flat().map(({ bytes }) => Number(bytes))
  return { bytes: all.reduce((sum, bytes) => sum + bytes, 0), free: null, needed: Math.max(0, ...all) }
})

/**
 * Measures the database (on Postgres, these tables), and its free pages.
 *
 * @category accessors
 */
export const size = (
  sql: SqlClient.SqlClient,
  tables: ReadonlyArray<Table> = engineTables
): Effect.Effect<Size, SqlError.SqlError> =>
  sql.onDialectOrElse({ pg: () => postgresSize(sql, tables), orElse: () => sqliteSize(sql) })

/** The most tries to empty the log while other connections use it, a second apart. */
const tries = 30

/** Empties the log, which holds deleted data until then. */
const emptyLog = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const checkpoint = Effect.flatMap(sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`, ([row]) =>
    row?.busy === 0 ? Effect.void : Effect.fail(inUse)
  )
  yield* Effect.retry(checkpoint, { times: tries, schedule: Schedule.spaced("1 second") })
})

const inUse = new SqlError.SqlError({
  reason: new SqlError.LockTimeoutError({
    cause: undefined,
    message:
      "the file was rewritten, but its write-ahead log is in use and still holds deleted data: run the command again",
    operation: "wal_checkpoint"
  })
})

/**
 * Waits until no transaction is left that began before: `VACUUM` keeps deleted rows that one may still read, also if it
 * runs in another database of the server. Roles without `pg_read_all_stats` do not see the sessions of others.
 */
const untilUnread = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [row] = yield* sql<{ xid: string }>`SELECT CAST(pg_current_xact_id() AS TEXT) AS xid`
  const mark = sql`CAST(${row?.xid ?? "0"} AS xid8)`
  const older = sql<{ pid: number | null }>`SELECT pid FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
        AND (age(backend_xmin) > age(CAST(${mark} AS xid)) OR age(backend_xid) > age(CAST(${mark} AS xid)))
    UNION ALL SELECT NULL WHERE pg_snapshot_xmin(pg_current_snapshot()) < ${mark}`
  const look = Effect.flatMap(older, ([found]) =>
    found === undefined ? Effect.void : Effect.fail(stillRead(found.pid))
  )
  yield* Effect.retry(look, {
    times: tries,
    schedule: Schedule.spaced("1 second"),
    while: ({ reason }) => reason._tag === "LockTimeoutError"
  })
})

const stillRead = (pid: number | null) =>
  new SqlError.SqlError({
    reason: new SqlError.LockTimeoutError({
      cause: undefined,
      message: `nothing was rewritten, because a transaction on the server that began before may still read deleted data${pid === null ? "" : ` (process ${pid})`}: end it, and run the command again`,
      operation: "vacuum"
    })
  })

/** The longest wait for a table that is in use, because everybody else waits behind this lock. */
const lockTimeout = "SET lock_timeout = '10s'"

const postgres = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  tables: ReadonlyArray<Table>,
  onTable: OnTable
) {
  yield* untilUnread(sql)
  const connection = yield* sql.reserve
  yield* connection.executeRaw(lockTimeout, [])
  for (const { name } of tables) {
    yield* onTable(name)
    yield* connection.executeRaw(`VACUUM (FULL, ANALYZE) ${name}`, [])
  }
  yield* connection.executeRaw("RESET lock_timeout", [])
}, Effect.scoped)

type OnTable = (table: string) => Effect.Effect<void>

/**
 * What is compacted on Postgres. SQLite compacts its whole file.
 *
 * @category options
 */
export interface Options {
  /** The tables. Default: those of the engine. */
  readonly tables?: ReadonlyArray<Table> | undefined
  /** Called before each table. */
  readonly onTable?: OnTable | undefined
}

/**
 * Compacts the database. Meanwhile writes wait: on SQLite all of them; on Postgres writes and reads of the table in
 * work. A failure or an interruption loses nothing.
 *
 * @category compacting
 */
export const compact = Effect.fn("Compaction.compact")(function* (
  sql: SqlClient.SqlClient,
  { tables = engineTables, onTable = () => Effect.void }: Options = {}
) {
  yield* sql.onDialectOrElse({
    pg: () => postgres(sql, tables, onTable),
    orElse: () => Effect.andThen(sql`VACUUM`, emptyLog(sql))
  })
})
