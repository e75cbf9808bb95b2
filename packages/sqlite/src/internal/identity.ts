/**
 * Whether an open database is still the one at its path. A file that is removed or replaced goes on to take writes, which
 * nobody will ever find again; a missing log or shared memory lets other processes write over what this one has written.
 */
import { SqlError } from "effect/sql"
import { statSync } from "node:fs"
import { resolve } from "node:path"

/** The file itself, the write-ahead log, and the memory that its connections share. */
const suffixes = ["", "-wal", "-shm"]

const identify = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}

/** Looks at the files now. The function that it makes looks again: what is wrong, or nothing. */
export const watch = (filename: string): (() => SqlError.SqlError | undefined) => {
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
      message: `the file ${path} was ${how} while it was in use, so nothing is written any more: put the database in its place and restart`
    })
  })
