import { statSync } from "node:fs"

/** 0 for a file that is missing or can't be looked at. */
const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/**
 * The log of a database whose file is gone: it holds the last commits, and SQLite deletes it when it creates the file again.
 * Undefined where nothing would be lost.
 */
export const orphanedLog = (filename: string): string | undefined =>
  sizeOf(filename) > 0 ? undefined : [`${filename}-wal`, `${filename}-journal`].find((log) => sizeOf(log) > 0)
