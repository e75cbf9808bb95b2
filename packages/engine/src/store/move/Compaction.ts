/**
 * Rewrites the database without what was deleted from it. On SQLite: `VACUUM`, then a checkpoint that empties the write-ahead
 * log. On Postgres: `VACUUM (FULL, ANALYZE)`, table after table; the plain `VACUUM` leaves the bytes of deleted rows in the
 * pages until they are used again.
 */
import { Effect, Schedule } from "effect"
import { type SqlClient, SqlError } from "effect/sql"
import { tables } from "./tables.ts"

/**
 * What there is, in bytes.
 *
 * @category models
 */
export interface Size {
  /** The database; on Postgres the relay's tables with their indexes. */
  readonly bytes: number
  /** How much of it is free pages. Null on Postgres, which does not count them. */
  readonly free: number | null
  /** Free disk that the rewriting takes, at most. */
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
  // A copy beside the file, and the same once more in the log.
  return { bytes: pages * size, free: free * size, needed: 2 * (pages - free) * size }
})

const postgresSize = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const sizes = yield* Effect.forEach(
    tables,
    ({ name }) => sql<{ bytes: number }>`SELECT pg_total_relation_size(CAST(${name} AS regclass)) AS bytes`
  )
  const all = sizes.flat().map(({ bytes }) => Number(bytes))
  return { bytes: all.reduce((sum, bytes) => sum + bytes, 0), free: null, needed: Math.max(0, ...all) }
})

/**
 * How many bytes the database takes, and how many of them are free.
 *
 * @category accessors
 */
export const size = (sql: SqlClient.SqlClient): Effect.Effect<Size, SqlError.SqlError> =>
  sql.onDialectOrElse({ pg: () => postgresSize(sql), orElse: () => sqliteSize(sql) })

/** So often, a second apart, may somebody else use the log when it is to be emptied. */
const tries = 30

/** The log holds what was deleted until it is emptied. */
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

/** A table that is read or written for so long without a pause is not waited for: everybody else waits behind the lock. */
const lockTimeout = "SET lock_timeout = '10s'"

const postgres = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, onTable: OnTable) {
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
 * Writing waits meanwhile: on SQLite all of it, on Postgres that of the table at hand, and reading, too. Nothing is lost if it
 * fails or is interrupted.
 *
 * @category compacting
 */
export const compact = Effect.fn("Compaction.compact")(function* (
  sql: SqlClient.SqlClient,
  onTable: OnTable = () => Effect.void
): Effect.fn.Return<void, SqlError.SqlError> {
  yield* sql.onDialectOrElse({
    pg: () => postgres(sql, onTable),
    orElse: () => Effect.andThen(sql`VACUUM`, emptyLog(sql))
  })
})
