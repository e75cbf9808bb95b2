/** Effect's `Connection` over one open `DatabaseSync`. */
import { Array, Cause, Effect, type Pull, Stream } from "effect"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { statSync } from "node:fs"
import { resolve } from "node:path"
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite"
import * as Failure from "./failure.ts"

/** The number of rows that a stream reads at a time. */
const chunkSize = 128

/** A connection with the additional operations of a database in this process. */
export interface Connection extends SqlConnection.Connection {
  /** Runs a statement for each of many rows without a pause. Returns the number of changed rows of each run. */
  readonly executeMany: (
    sql: string,
    rows: ReadonlyArray<ReadonlyArray<unknown>>
  ) => Effect.Effect<ReadonlyArray<number>, SqlError.SqlError>
}

export interface Options {
  /** The number of cached prepared statements. */
  readonly cacheSize: number
  /** The error that prevents writes, if there is one. Checked before each commit. */
  readonly hindrance?: (() => SqlError.SqlError | undefined) | undefined
}

export const make = (db: DatabaseSync, { cacheSize, hindrance }: Options): Connection => {
  const prepareCached = cached((sql) => prepare(db, sql), cacheSize)
  const prepareOnce = (sql: string) => prepare(db, sql)

  const run = <A>(
    operation: string,
    acquire: (sql: string) => StatementSync,
    sql: string,
    params: ReadonlyArray<unknown>,
    use: (statement: StatementSync, params: ReadonlyArray<SQLInputValue>) => A,
    arrays = false
  ) =>
    Effect.withFiber<A, SqlError.SqlError>((fiber) => {
      try {
        const statement = acquire(sql)
        if (hindrance !== undefined && commits(db, sql)) {
          const why = hindrance()
          if (why !== undefined) return Effect.fail(why)
        }
        statement.setReadBigInts(fiber.getRef(SqlClient.SafeIntegers))
        statement.setReturnArrays(arrays)
        return Effect.succeed(use(statement, params.map(bind)))
      } catch (cause) {
        return Effect.fail(Failure.toStatement(operation, cause))
      }
    })

  const rows =
    (operation: string, acquire: typeof prepareOnce): SqlConnection.Connection["execute"] =>
    (sql, params, transform) =>
      run(operation, acquire, sql, params, (statement, bound) => {
        const found = statement.all(...bound)
        return transform === undefined ? plain(found) : transform(found)
      })

  const values =
    (operation: string, acquire: typeof prepareOnce): SqlConnection.Connection["executeValues"] =>
    (sql, params) =>
      run(
        operation,
        acquire,
        sql,
        params,
        (statement, bound) => statement.all(...bound).map((row) => Object.values(row)),
        true
      )

  return {
    executeMany: (sql, all) =>
      run("executeMany", prepareCached, sql, [], (statement) =>
        all.map((params) => Number(statement.run(...params.map(bind)).changes))
      ),
    execute: rows("execute", prepareCached),
    executeUnprepared: rows("executeUnprepared", prepareOnce),
    executeValues: values("executeValues", prepareCached),
    executeValuesUnprepared: values("executeValuesUnprepared", prepareOnce),
    executeRaw: (sql, params) =>
      run("executeRaw", prepareCached, sql, params, (statement, bound) =>
        statement.columns().length === 0 ? statement.run(...bound) : plain(statement.all(...bound))
      ),
    executeStream: (sql, params, transform) =>
      // Not from the cache: running the same SQL meanwhile would invalidate the iterator.
      run("executeStream", prepareOnce, sql, params, (statement, bound) => statement.iterate(...bound)).pipe(
        (open) => Effect.acquireRelease(open, stop),
        Effect.map((iterator) => Stream.fromPull(Effect.succeed(pull(iterator, transform)))),
        Stream.unwrap
      )
  }
}

/** Whether the statement ends a transaction by writing, or writes without one. */
const commits = (db: DatabaseSync, sql: string) =>
  db.isTransaction ? sql === "COMMIT" : !sql.startsWith("SELECT") && !sql.startsWith("PRAGMA")

type Row = Record<string, SQLOutputValue>

/** Caches at most `size` prepared statements by their SQL; the least recently used is evicted first. */
const cached = (prepare: (sql: string) => StatementSync, size: number) => {
  const statements = new Map<string, StatementSync>()
  return (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) statements.delete(sql)
    const statement = known ?? prepare(sql)
    statements.set(sql, statement)
    const [oldest] = statements.keys()
    if (statements.size > size && oldest !== undefined) statements.delete(oldest)
    return statement
  }
}

/** White space, semicolons and comments, which may follow a statement. */
const nothing = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/

const prepare = (db: DatabaseSync, sql: string): StatementSync => {
  const statement = db.prepare(sql)
  if (!nothing.test(sql.slice(statement.sourceSQL.length))) throw Failure.trailing()
  return statement
}

/** Converts a parameter. `node:sqlite` would store 1 as 1.0, which a text column keeps, and read an object as named parameters. */
const bind = (value: unknown, index: number): SQLInputValue => {
  switch (typeof value) {
    case "string":
    case "bigint":
      return value
    case "number":
      return Number.isSafeInteger(value) ? BigInt(value) : value
    case "boolean":
      return value ? 1n : 0n
    case "undefined":
      return null
  }
  if (value === null || value instanceof Uint8Array) return value
  // oxlint-disable-next-line no-restricted-globals -- Reads no clock.
  if (value instanceof Date) return value.toISOString()
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw Failure.unbindable(index + 1, `of type ${typeof value}`)
}

/** Rows come without a prototype, which breaks `String(row)` and strict comparisons. */
const plain = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  for (const row of rows) Object.setPrototypeOf(row, Object.prototype)
  return rows
}

const pull = (
  iterator: Iterator<Row>,
  transform: Parameters<SqlConnection.Connection["executeStream"]>[2]
): Pull.Pull<Array.NonEmptyReadonlyArray<Row>, SqlError.SqlError> =>
  Effect.suspend((): Pull.Pull<Array.NonEmptyReadonlyArray<Row>, SqlError.SqlError> => {
    try {
      const rows: Array<Row> = []
      while (rows.length < chunkSize) {
        const next = iterator.next()
        if (next.done) break
        rows.push(next.value)
      }
      const chunk = transform === undefined ? plain(rows) : transform(rows)
      return Array.isReadonlyArrayNonEmpty(chunk) ? Effect.succeed(chunk) : Cause.done()
    } catch (cause) {
      return Effect.fail(Failure.toStatement("executeStream", cause))
    }
  })

/** Closes an iterator, which would otherwise keep its read transaction open. */
const stop = (iterator: Iterator<Row>) => Effect.ignore(Effect.try(() => iterator.return?.()))

/** The file, its write-ahead log, and its shared memory. */
const suffixes = ["", "-wal", "-shm"]

const identify = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}

/**
 * Remembers the files of an open database, and returns a function that finds out whether one of them was removed or replaced.
 * Writes to such a file would be lost, and without the log or the shared memory other processes would overwrite the writes of
 * this one.
 */
export const watchFiles = (filename: string): (() => SqlError.SqlError | undefined) => {
  const known = suffixes.flatMap((suffix) => {
    const path = resolve(filename) + suffix
    const identity = identify(path)
    return identity === undefined ? [] : [{ path, identity }]
  })
  return () => {
    for (const { path, identity } of known) {
      const now = identify(path)
      if (now !== identity) return lost(path, now === undefined ? "removed" : "replaced")
    }
    return undefined
  }
}

const lost = (path: string, how: string) =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({
      cause: undefined,
      operation: "write",
      message: `the file ${path} was ${how} while it was in use, so nothing is written any more: put this same file back, and writing goes on; another file in its place requires a restart`
    })
  })
