/**
 * Runs checkpoints of the write-ahead log in a thread with its own connection, so that commits do not wait for them. Only the
 * writer restarts the log: the thread is always a little behind, and could never do that.
 */
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { DatabaseSync } from "node:sqlite"
import { Worker } from "node:worker_threads"
import * as Failure from "./failure.ts"

/** The length of the log, in pages, at which SQLite runs a checkpoint in a commit: with a thread that can't keep up, and without one. */
const withThread = 64_000
const withoutThread = 1_000

/** The size in bytes to which the file of the log is truncated when the log restarts. */
export const limit = 64 * 2 ** 20

/** The options of the thread. The sizes are in bytes. */
export interface Work {
  readonly filename: string
  readonly limit: number
  readonly bound: number
}

/** The size of the write-ahead log's file: over its limit, or within it again. */
export interface LogSize {
  /** The file's size in bytes. */
  readonly bytes: number
  /** Whether the size exceeds `maxLogSize`. */
  readonly isLong: boolean
  /** The processes whose reads prevent checkpoints; empty if the system hides them. */
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

/** Runs checkpoints until the scope closes, which has to be before the database closes. Fails if the thread does not start. */
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

/** Succeeds when the thread has opened the database and checked its log. */
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
      // Without the thread, commits are only slower.
      foldAt(db, withoutThread)
      run(
        Effect.logWarning("The checkpoint thread ended; commits fold the write-ahead log from now on", cause)
      )
    })
  })

/** A TypeScript file here, a JavaScript file in the build. */
const beside = new URL(`./checkpointThread${import.meta.url.slice(-3)}`, import.meta.url)

const foldAt = (db: DatabaseSync, pages: number) => db.exec(`PRAGMA wal_autocheckpoint = ${pages}`)

const beginAnew = (db: DatabaseSync) => {
  if (db.isTransaction) return
  try {
    db.exec("PRAGMA wal_checkpoint(PASSIVE)")
  } catch {
    // The thread asks again, and the writer reports its own errors.
  }
}
