/**
 * Folds the write-ahead log into the file from a thread with a connection of its own, so that commits do not stop for it.
 * Only what begins the log anew is left to the writer: a thread that is always a little behind could never do that.
 */
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { DatabaseSync } from "node:sqlite"
import { Worker } from "node:worker_threads"
import * as Failure from "./failure.ts"

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
  /** The file's size in bytes. */
  readonly bytes: number
  /** Whether that is beyond `maxLogSize`. */
  readonly isLong: boolean
  /** The processes that read the database meanwhile, which keeps the log from being folded in; none if the system hides them. */
  readonly heldBy: ReadonlyArray<string>
}

export interface Options {
  readonly filename: string
  /** In bytes. */
  readonly bound: number
  readonly onLogSize: (size: LogSize) => Effect.Effect<void>
  /** The thread's program. Default: the one beside this module. */
  readonly program?: URL
}

/** For as long as the scope lives, which is to be shorter than that of the database. Fails if the thread does not start. */
export const checkpointing = Effect.fnUntraced(function* (db: DatabaseSync, options: Options) {
  const run = Effect.runForkWith(yield* Effect.context())
  yield* Effect.acquireRelease(start(db, options, run), ({ worker, ended }) =>
    Effect.promise(() => {
      worker.postMessage("end")
      return ended
    })
  )
})

type Run = (effect: Effect.Effect<void>) => unknown

interface Thread {
  readonly worker: Worker
  readonly ended: Promise<void>
}

/** Succeeds when the thread has opened the database and looked at its log. */
const start = (db: DatabaseSync, { filename, bound, onLogSize, program = beside }: Options, run: Run) =>
  Effect.callback<Thread, SqlError.SqlError>((resume) => {
    const workerData: Work = { filename, limit, bound }
    const refused = (cause: unknown) => resume(Effect.fail(Failure.noThread(filename, cause)))
    let worker: Worker
    try {
      worker = new Worker(program, { workerData })
    } catch (cause) {
      refused(cause)
      return
    }
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
    let isStarted = false
    worker.on("message", (message: "started" | "full" | LogSize) => {
      if (message === "started") {
        isStarted = true
        foldAt(db, withThread)
        resume(Effect.succeed({ worker, ended }))
      } else if (message === "full") beginAnew(db)
      else run(onLogSize(message))
    })
    worker.on("error", (cause) => {
      if (!isStarted) return refused(cause)
      // Nothing is lost without it but time.
      foldAt(db, withoutThread)
      run(
        Effect.logWarning("The checkpoint thread ended; commits fold the write-ahead log from now on", cause)
      )
    })
  })

/** In TypeScript here, in JavaScript once it is built. */
const beside = new URL(`./checkpointThread${import.meta.url.slice(-3)}`, import.meta.url)

const foldAt = (db: DatabaseSync, pages: number) => db.exec(`PRAGMA wal_autocheckpoint = ${pages}`)

const beginAnew = (db: DatabaseSync) => {
  if (db.isTransaction) return
  try {
    db.exec("PRAGMA wal_checkpoint(PASSIVE)")
  } catch {
    // It is asked for again, and whoever writes meets by itself what is wrong.
  }
}
