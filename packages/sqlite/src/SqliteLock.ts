/**
 * A lock for the one program that serves a database, while other programs may still open it. It is a lock of the operating
 * system on a second file, so the system releases it when the process ends, even after a crash.
 */
import { Effect, type Scope } from "effect"
import { SqlError } from "effect/sql"
import { DatabaseSync } from "node:sqlite"
import * as Failure from "./internal/failure.ts"
import { holders } from "./internal/holders.ts"
import { makePrivate } from "./internal/privateFile.ts"

/**
 * The file of the lock, next to the database. It is empty, and is kept when the lock is released.
 *
 * @category models
 */
export const fileOf = (filename: string): string => `${filename}-lock`

/**
 * Holds the lock of a database until the scope closes. Fails with a `LockTimeoutError` if another process holds the lock for
 * longer than a second. The error names that process if the operating system reveals it.
 *
 * @category constructors
 */
export const hold = (filename: string): Effect.Effect<void, SqlError.SqlError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => lock(fileOf(filename)),
      catch: (cause) =>
        Failure.primary(cause) === SQLITE_BUSY
          ? taken(filename)
          : Failure.toOpen({ filename: fileOf(filename) }, cause)
    }),
    (db) => Effect.sync(() => db.close())
  ).pipe(Effect.asVoid)

const lock = (file: string): DatabaseSync => {
  makePrivate(file)
  const db = new DatabaseSync(file, { timeout: 1_000 })
  try {
    // The open transaction is the lock. It writes nothing, so it needs no journal.
    db.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
    return db
  } catch (cause) {
    db.close()
    throw cause
  }
}

const SQLITE_BUSY = 5

const taken = (filename: string) => {
  const [who = "another process"] = holders(fileOf(filename))
  return new SqlError.SqlError({
    reason: new SqlError.LockTimeoutError({
      cause: undefined,
      operation: "lock",
      message: `the database ${filename} is in use by ${who}: stop that one first, or name another file`
    })
  })
}
