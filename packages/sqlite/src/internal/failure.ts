/** Converts the errors of `node:sqlite` to a `SqlError` that says what to do. */
import { Predicate } from "effect"
import { SqlError } from "effect/sql"
import { accessSync, constants, statSync } from "node:fs"
import { dirname } from "node:path"

/** Remedies for primary result codes (https://sqlite.org/rescode.html). */
const advice: Readonly<Record<number, string>> = {
  5: "another connection holds the lock, so try again",
  6: "another statement holds the lock, so try again",
  8: "check the permissions of the file and its directory, or open it without readonly",
  10: "check the disk",
  11: "restore the file from a backup",
  13: "free some space",
  26: "check the path, or restore the file from a backup"
}

const SQLITE_CANTOPEN = 14

/** A duplicate primary key or rowid has its own extended code, which effect does not know. */
const SQLITE_CONSTRAINT_UNIQUE = 2067
const duplicates: ReadonlySet<number> = new Set([1555, 2579])

/** The error of a statement. */
export const toStatement = (operation: string, cause: unknown): SqlError.SqlError =>
  SqlError.isSqlError(cause) ? cause : make(cause, operation, describe(cause))

interface Target {
  readonly filename: string
  readonly readonly?: boolean | undefined
}

/** The error of opening a file. SQLite only says "unable to open", so the file system gives the reason. */
export const toOpen = (target: Target, cause: unknown): SqlError.SqlError => {
  const reason = (primary(cause) === SQLITE_CANTOPEN ? obstacle(target) : undefined) ?? describe(cause)
  return refused(target, reason, cause)
}

/** The error of a file that is not opened for this reason. */
export const refused = ({ filename }: Target, reason: string, cause?: unknown): SqlError.SqlError =>
  make(cause, "open", `Cannot open the database ${filename}: ${reason}`)

/** The reason not to create a database file beside the log of an earlier one. */
export const orphaned = (log: string): string =>
  `its file is gone, but not its log ${log}, which has the last commits. Put the file back, or move the log away to start with an empty database`

/** The error of a parameter for which SQLite has no type. */
export const unbindable = (position: number, type: string): SqlError.SqlError =>
  make(undefined, "bind", `Parameter ${position} is ${type}, which SQLite cannot store: encode it first`)

/** The error of several statements in one text: SQLite would run the first and silently ignore the others. */
export const trailing = (): SqlError.SqlError =>
  make(undefined, "prepare", "The SQL holds more than one statement: run them one by one")

/** The error of a checkpoint thread that did not start: its file is missing, or the process may start no threads. */
export const noThread = (filename: string, cause: unknown): SqlError.SqlError =>
  make(
    cause,
    "open",
    `Cannot start the checkpoint thread of ${filename}: ${describe(cause)}. ` +
      'Keep @usher/sqlite out of bundles, so that the thread finds its file, or open with checkpoints: "commit"'
  )

const make = (cause: unknown, operation: string, message: string) =>
  new SqlError.SqlError({ reason: SqlError.classifySqliteError(withErrno(cause), { operation, message }) })

/** The extended result code; its low byte is the primary one. */
const errcode = (cause: unknown): number | undefined =>
  Predicate.hasProperty(cause, "errcode") && Predicate.isNumber(cause.errcode) ? cause.errcode : undefined

export const primary = (cause: unknown): number => (errcode(cause) ?? 0) & 0xff

/** effect reads `errno`, and `node:sqlite` sets `errcode`. */
const withErrno = (cause: unknown): unknown => {
  const code = errcode(cause)
  return Predicate.isObject(cause) && code !== undefined
    ? Object.assign(cause, { errno: duplicates.has(code) ? SQLITE_CONSTRAINT_UNIQUE : code })
    : cause
}

const describe = (cause: unknown): string => {
  if (Predicate.hasProperty(cause, "code") && cause.code === "ERR_OUT_OF_RANGE") {
    return "An integer in the result is beyond 2^53: provide SqlClient.SafeIntegers to read it as a bigint"
  }
  const message = Predicate.hasProperty(cause, "message") ? String(cause.message) : String(cause)
  const remedy = advice[primary(cause)]
  return remedy === undefined ? message : `${message}: ${remedy}`
}

/** Why what has this name can't be a database: SQLite would wait for a pipe, or take a device for an empty file. */
export const notAFile = (filename: string): string | undefined => {
  try {
    const found = statSync(filename)
    if (found.isFile()) return undefined
    return found.isDirectory()
      ? "this is a directory, so name a file inside it"
      : "this is not a regular file, so name another one"
  } catch {
    // It does not exist, or SQLite reports why it can't be opened.
    return undefined
  }
}

const obstacle = ({ filename, readonly }: Target): string | undefined => {
  const directory = dirname(filename)
  switch (access(directory, constants.F_OK)) {
    case "ENOENT":
    case "ENOTDIR":
      return `the directory ${directory} does not exist, so create it or correct the path`
  }
  switch (access(filename, readonly ? constants.R_OK : constants.R_OK | constants.W_OK)) {
    case "ENOENT":
      if (readonly) return "there is no such file, and readonly does not create one"
      return access(directory, constants.W_OK) === undefined
        ? undefined
        : `this process may not create files in ${directory}, so change its permissions`
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `this process may not ${readonly ? "read" : "read and write"} it, so change its permissions`
  }
  return undefined
}

/** The error code of the file system for this access, if any. */
const access = (path: string, mode: number): string | undefined => {
  try {
    accessSync(path, mode)
    return undefined
  } catch (error) {
    return Predicate.hasProperty(error, "code") ? String(error.code) : "unknown"
  }
}
