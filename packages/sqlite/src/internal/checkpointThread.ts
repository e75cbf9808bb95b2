/**
 * The thread that runs checkpoints of the write-ahead log. It posts "started" once, "full" when the writer should restart the
 * log, and a `LogSize` when the file of the log stays over its limit, or no longer does.
 */
import { statSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"
import type { LogSize, Work } from "./checkpointer.ts"
import { holders } from "./holders.ts"

/** In pages: the size of one checkpoint, and the size of the log at which it should restart. */
const minFrames = 1_000
const full = 16_000

/** In milliseconds, between two checks; the longer one after a check without new pages. */
const pace = 50
const idlePace = 500

/** In milliseconds: how long the log has to be over its limit before a report, and the time between two reports. */
const leastLong = 1_000
const newsPace = 60_000

/** The bytes of the shared memory that readers lock to prevent checkpoints (sqlite.org/walformat.html). */
const readLocks = [123, 127] as const

/** In pages. */
interface Log {
  readonly log: number
  readonly checkpointed: number
}

const { filename, limit, bound } = workerData as Work
const db = new DatabaseSync(filename)
// This thread never writes to the log, and the file is synced before the log restarts.
db.exec("PRAGMA synchronous = NORMAL")
const look = db.prepare("PRAGMA wal_checkpoint(NOOP)")
const fold = db.prepare("PRAGMA wal_checkpoint(PASSIVE)")
const truncate = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)")

/**
 * SQLite syncs the file after a checkpoint without a concurrent commit. This thread repeats the checkpoint until that happens,
 * usually two or three times, so that the writer has almost nothing to sync when it restarts the log.
 */
const catchUp = () => {
  for (let attempt = 1; attempt <= 50; attempt++) {
    const { checkpointed } = fold.get() as unknown as Log
    const { log } = look.get() as unknown as Log
    if (log === checkpointed) return
  }
}

const sizeOfLog = () => statSync(`${filename}-wal`, { throwIfNoEntry: false })?.size ?? 0

/** When the log was first over its limit, and when that was last posted. */
let longSince: number | undefined
let toldAt: number | undefined

const tell = (bytes: number) => {
  const now = performance.now()
  if (bytes <= bound) {
    if (toldAt !== undefined) parentPort?.postMessage({ bytes, isLong: false, heldBy: [] } satisfies LogSize)
    longSince = toldAt = undefined
    return
  }
  longSince ??= now
  if (now - longSince < leastLong || (toldAt !== undefined && now - toldAt < newsPace)) return
  toldAt = now
  const heldBy = holders(`${filename}-shm`, readLocks)
  parentPort?.postMessage({ bytes, isLong: true, heldBy } satisfies LogSize)
}

let known = 0
let timer: NodeJS.Timeout | undefined

const next = () => {
  let isBusy = true
  try {
    const { log, checkpointed } = look.get() as unknown as Log
    const bytes = sizeOfLog()
    isBusy = log !== known
    known = log
    if (log - checkpointed >= minFrames || (bytes > limit && log > checkpointed)) fold.get()
    if (log >= full) {
      catchUp()
      parentPort?.postMessage("full")
    }
    // A writer would truncate it with its next commit, which may be late.
    if (bytes > limit && !isBusy && log === checkpointed) truncate.get()
    tell(bytes)
  } catch {
    // A full disk or a lock may be temporary, and the writer reports its own errors.
  }
  timer = setTimeout(next, isBusy ? pace : idlePace)
}
next()
parentPort?.postMessage("started")

parentPort?.once("message", () => {
  clearTimeout(timer)
  db.close()
  parentPort?.close()
})
