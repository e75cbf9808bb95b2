/**
 * A `SqlClient` over `node:sqlite`: one connection, one writer, no native dependency.
 *
 * `node:sqlite` is synchronous, so a statement blocks the event loop while it runs, and also while it waits for a lock of
 * another process. Keep statements short, do no I/O inside a transaction, and use a separate client for long reads
 * (`readonly: true`).
 */
import { Duration, Effect, Layer, Semaphore, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, SqlError, Statement } from "effect/sql"
import { DatabaseSync } from "node:sqlite"
import { checkpointing, limit, type LogSize } from "./internal/checkpointer.ts"
import * as Connection from "./internal/connection.ts"
import * as Failure from "./internal/failure.ts"
import { orphanedLog } from "./internal/orphanedLog.ts"
import { makePrivate } from "./internal/privateFile.ts"

export type {
  /**
   * The argument of `onLogSize`.
   *
   * @category models
   */
  LogSize
} from "./internal/checkpointer.ts"

/**
 * Options of a database.
 *
 * @category options
 */
export interface Options {
  /**
   * A path, relative to the working directory, or `":memory:"`. A missing file is created, readable and writable by its
   * owner alone, as are the files beside it; a missing directory is not.
   */
  readonly filename: string
  /** Open an existing file for reading only. Default: false. */
  readonly readonly?: boolean | undefined
  /** How long a statement waits for a lock of another connection, **blocking the event loop**. Default: 1 second. */
  readonly busyTimeout?: Duration.Input | undefined
  /** `"full"` survives a power cut; `"normal"` may lose the last commits in one, but not in a crash of the process. Default: full. */
  readonly synchronous?: "full" | "normal" | undefined
  /** `"wal"` lets readers and the writer work at the same time; `"delete"` suits file systems without shared memory. Default: wal. */
  readonly journalMode?: "wal" | "delete" | undefined
  /**
   * Where checkpoints copy the write-ahead log into the file. `"commit"`: in the commit that makes the log 1,000 pages long, as
   * SQLite does by default, which blocks the event loop for some milliseconds. `"thread"`: in a thread with its own connection,
   * for programs that write a lot; the log may then take up to 260 MiB, and more while another process reads. Opening fails if
   * the thread does not start. Default: commit.
   */
  readonly checkpoints?: "commit" | "thread" | undefined
  /** With `checkpoints: "thread"`, the size in bytes beyond which `onLogSize` is called. Default: 260 MiB. */
  readonly maxLogSize?: number | undefined
  /** Called when the log has exceeded `maxLogSize` for a second, every minute as long as it does, and once when it no longer does. Optional. */
  readonly onLogSize?: ((size: LogSize) => Effect.Effect<void>) | undefined
  /** The number of cached prepared statements; the least recently used is evicted first. Default: 200. */
  readonly prepareCacheSize?: number | undefined
  /** From names in code to names in SQL, such as `String.camelToSnake`. */
  readonly transformQueryNames?: ((name: string) => string) | undefined
  /** From names in results to names in code, such as `String.snakeToCamel`. */
  readonly transformResultNames?: ((name: string) => string) | undefined
  /** Attributes for every span of a statement or transaction, besides `db.system.name`. */
  readonly spanAttributes?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Opens a database until the scope closes.
 *
 * Foreign keys are enforced, top-level transactions begin with `BEGIN IMMEDIATE`, and transactions of concurrent fibers run
 * one after another. Deleted data is overwritten with zeros (`secure_delete`). Fails with a `SqlError` that names the file and
 * the remedy if the file can't be opened. Writes fail once the file, its log or its shared memory is removed or replaced. A
 * duplicate in a primary key is a `UniqueViolation`, a lock of another connection a retryable `LockTimeoutError`.
 *
 * Booleans are stored as 0 and 1, a `Date` as ISO 8601 text in UTC, `undefined` as null, whole numbers as
 * integers. Integers beyond 2^53 fail the query unless `SqlClient.SafeIntegers` is provided: then all are bigint.
 *
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<SqlClient.SqlClient, SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> {
  const db = yield* open(options)
  const { transformResultNames: transform } = options
  return yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(
        Connection.make(db, {
          cacheSize: options.prepareCacheSize ?? 200,
          hindrance: isWritten(options) ? Connection.watchFiles(options.filename) : undefined
        })
      ),
      semaphore: yield* Semaphore.make(1),
      isTransaction: () => db.isTransaction
    }),
    compiler: Statement.makeCompilerSqlite(options.transformQueryNames),
    driver: "sqlite-node",
    // A deferred transaction that turns from reading to writing fails at once when another process writes.
    beginTransaction: "BEGIN IMMEDIATE",
    prepareTransactionControls: true,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: Object.entries({ "db.system.name": "sqlite", ...options.spanAttributes }),
    ...(transform ? { transformRows: Statement.defaultTransforms(transform).array } : {})
  })
})

/**
 * `make` as a layer. It closes the database when its scope closes, after a checkpoint of the write-ahead log.
 *
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<SqlClient.SqlClient, SqlError.SqlError> =>
  Layer.effect(SqlClient.SqlClient, make(options)).pipe(Layer.provide(Reactivity.layer))

/**
 * Why `make` refuses to create a database file, as the end of a sentence: the file is gone, but its log is left. The log holds the
 * last commits, and SQLite would delete it. Undefined where nothing would be lost.
 *
 * @category accessors
 */
export const orphaned = (filename: string): string | undefined => {
  const log = orphanedLog(filename)
  return log === undefined ? undefined : Failure.orphaned(log)
}

/** Whether the database is a file that is written. */
const isWritten = ({ filename, readonly }: Options) => readonly !== true && filename !== ":memory:"

const open = Effect.fnUntraced(function* (options: Options) {
  const attempt = <A>(evaluate: () => A) =>
    Effect.try({ try: evaluate, catch: (cause) => Failure.toOpen(options, cause) })
  const obstacle = Failure.notAFile(options.filename)
  if (obstacle !== undefined) return yield* Failure.refused(options, obstacle)
  if (isWritten(options)) {
    const log = orphanedLog(options.filename)
    if (log !== undefined) return yield* Failure.refused(options, Failure.orphaned(log))
    makePrivate(options.filename)
  }
  const db = yield* Effect.acquireRelease(
    attempt(
      () =>
        new DatabaseSync(options.filename, {
          readOnly: options.readonly ?? false,
          timeout: Duration.toMillis(options.busyTimeout ?? "1 second"),
          enableForeignKeyConstraints: true
        })
    ),
    (db) => close(db, options)
  )
  // The first statement that reads the file fails if it is no database.
  yield* attempt(() => db.exec("SELECT 1 FROM sqlite_schema LIMIT 1"))
  if (!options.readonly)
    yield* attempt(() => db.exec(`PRAGMA journal_mode = ${options.journalMode ?? "wal"}`))
  yield* attempt(() => db.exec(`PRAGMA cache_size = -${cacheSize}`))
  // Overwrites deleted data with zeros, in overflow pages too. Its cost is not measurable next to the commits.
  yield* attempt(() => db.exec("PRAGMA secure_delete = ON"))
  yield* attempt(() => db.exec(`PRAGMA synchronous = ${options.synchronous ?? "full"}`))
  if (!options.readonly)
    yield* Effect.catchIf(
      attempt(() => db.exec(probe)),
      isLocked,
      () => Effect.void
    )
  const hasLog = isWritten(options) && options.journalMode !== "delete"
  // Without a limit, the file of the log keeps the size that it had while a reader prevented checkpoints.
  if (hasLog) yield* attempt(() => db.exec(`PRAGMA journal_size_limit = ${limit}`))
  if (hasLog && options.checkpoints === "thread") {
    yield* checkpointing(db, {
      filename: options.filename,
      bound: options.maxLogSize ?? maxLogSize,
      onLogSize: options.onLogSize ?? (() => Effect.void)
    })
  }
  return db
})

// SQLite opens a file without write permission for reading, and even begins a transaction on it. This write fails now
// instead of the first insert, and is rolled back.
const probe = "BEGIN IMMEDIATE; PRAGMA user_version = 0; ROLLBACK"

/** In bytes: 64,000 pages, at which a commit runs the checkpoint itself, take some 251 MiB. */
const maxLogSize = 260 * 2 ** 20

/** The page cache in KiB. SQLite's default of 2 MiB is too small for the indexes of a million rows; a much larger one slows commits. */
const cacheSize = 8_192

const isLocked = (error: SqlError.SqlError) => error.reason._tag === "LockTimeoutError"

// Best effort: without waiting, since a lock must not delay a shutdown.
const tidy = "PRAGMA busy_timeout = 0; PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)"

const close = (db: DatabaseSync, options: Options) =>
  Effect.try(() => {
    if (!options.readonly) db.exec(tidy)
  }).pipe(Effect.ignore, Effect.andThen(Effect.sync(() => db.close())))
