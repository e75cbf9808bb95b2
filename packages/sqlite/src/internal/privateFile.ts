import { closeSync, openSync } from "node:fs"

/** Creates a file that only its owner can read and write, where SQLite would apply the umask. Does nothing if it exists. */
export const makePrivate = (filename: string): void => {
  try {
    closeSync(openSync(filename, "ax", 0o600))
  } catch {
    // It exists, or SQLite reports why it can't be created.
  }
}
