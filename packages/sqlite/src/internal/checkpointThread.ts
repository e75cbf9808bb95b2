/**
 * The thread that folds the write-ahead log into the file. It posts "started" once, "full" when the log should begin anew, and a
 * `LogSize` when the log's file stays beyond its bound, or no longer does.
 */
import { statSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"
import type { LogSize, Work } from "./checkpointer.ts"
import { holders } from "./holders.ts"

/** In pages: so many are folded at a time, and so many does the log have when it is to begin anew. */
const enough = 1_000
const full = 16_000

/** In milliseconds, between two looks; the longer one after a look that found nothing new. */
const pace = 50
const idlePace = 500

/** In milliseconds: a log that is too long for less time is no news, and one that stays so is news this often. */
const leastLong = 1_000
const newsPace = 60_000

/** The bytes of the shared memory on whose locks readers keep the log from being folded in (sqlite.org/walformat.html). */
const readLocks = [123, 127] as const

/** In pages. */
interface Log {
  readonly log: number
  readonly checkpointed: number
}

const { filename, limit, bound } = workerData as Work
const db = new DatabaseSync(filename)
// Of the log nothing is written here; and the file is synced before the log begins anew.
db.exec("PRAGMA synchronous = NORMAL")
const look = db.prepare("PRAGMA wal_checkpoint(NOOP)")
const fold = db.prepare("PRAGMA wal_checkpoint(PASSIVE)")
const truncate = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)")

/**
 * SQLite syncs the file when nobody has committed while the log was folded in. If that is here, the writer has next to
 * nothing left to sync when it begins the log anew; so it is tried until it happens, which takes two or three times.
 */
const catchUp = () => {
  for (let attempt = 1; attempt <= 50; attempt++) {
    const { checkpointed } = fold.get() as unknown as Log
    const { log } = look.get() as unknown as Log
    if (log === checkpointed) return
  }
}

const sizeOfLog = () => statSync(`${filename}-wal`, { throwIfNoEntry: false })?.size ?? 0

/** When the log was first seen beyond its bound, and when that was last posted. */
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
    if (log - checkpointed >= enough || (bytes > limit && log > checkpointed)) fold.get()
    if (log >= full) {
      catchUp()
      parentPort?.postMessage("full")
    }
    // A writer would shorten it with its next commit; there may be none for long.
    if (bytes > limit && !isBusy && log === checkpointed) truncate.get()
    tell(bytes)
  } catch {
    // A full disk, or a lock: another look may find it gone, and the writer says what it meets itself.
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
