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

/** To this many bytes the log's file is cut when the log begins anew. */
export const limit = 64 * 2 ** 20

/** What the thread is given. The sizes are in bytes. */
export interface Work {
  readonly filename: string
  readonly limit: number
  readonly bound: number
}

/** The size of the write-ahead log's file: beyond its bound, or within it again. */
export interface LogSize {
  readonly bytes: number
  readonly isLong: boolean
  /** The processes that read the database meanwhile, which keeps the log from being folded in; none if the system hides them. */
  readonly heldBy: ReadonlyArray<string>
}

export interface Options {
  readonly filename: string
  /** In bytes. */
  readonly bound: number
  readonly onLogSize: (size: LogSize) => Effect.Effect<void>
}

/** For as long as the scope lives, which is to be shorter than that of the database. */
export const checkpointing = Effect.fnUntraced(function* (
  db: DatabaseSync,
  { filename, bound, onLogSize }: Options
) {
  const run = Effect.runForkWith(yield* Effect.context())
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      foldAt(db, withThread)
      const workerData: Work = { filename, limit, bound }
      const worker = new Worker(new URL("./checkpointThread.ts", import.meta.url), { workerData })
      const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
      worker.on("message", (message: "full" | LogSize) => {
        if (message === "full") beginAnew(db)
        else run(onLogSize(message))
      })
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
})

const foldAt = (db: DatabaseSync, pages: number) => db.exec(`PRAGMA wal_autocheckpoint = ${pages}`)

const beginAnew = (db: DatabaseSync) => {
  if (db.isTransaction) return
  try {
    db.exec("PRAGMA wal_checkpoint(PASSIVE)")
  } catch {
    // It is asked for again, and whoever writes meets by itself what is wrong.
  }
}
