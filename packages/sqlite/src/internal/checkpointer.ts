/**
 * Folds the write-ahead log into the file from a thread with a connection of its own, so that commits do not stop for it.
 * Only what begins the log anew is left to the writer: a thread that is always a little behind could never do that.
 */
import { Effect } from "effect"
import type { DatabaseSync } from "node:sqlite"
import { Worker } from "node:worker_threads"

/** So long is the log when SQLite folds it in by itself, in the middle of a commit: with a thread that can't keep up, and without one. In pages. */
const withThread = 64_000
const withoutThread = 1_000

/** For as long as the scope lives, which is to be shorter than that of the database. */
export const checkpointing = (db: DatabaseSync, filename: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      foldAt(db, withThread)
      const worker = new Worker(new URL("./checkpointThread.ts", import.meta.url), { workerData: filename })
      const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
      worker.on("message", () => beginAnew(db))
      // Nothing is lost without it but time.
      worker.on("error", () => foldAt(db, withoutThread))
      return { worker, ended }
    }),
    ({ worker, ended }) =>
      Effect.promise(() => {
        worker.postMessage("end")
        return ended
      })
  )

const foldAt = (db: DatabaseSync, pages: number) => db.exec(`PRAGMA wal_autocheckpoint = ${pages}`)

const beginAnew = (db: DatabaseSync) => {
  if (db.isTransaction) return
  try {
    db.exec("PRAGMA wal_checkpoint(PASSIVE)")
  } catch {
    // It is asked for again, and whoever writes meets by itself what is wrong.
  }
}
