/** The thread that folds the write-ahead log into the file; it says "full" when the log is to begin anew. */
import { DatabaseSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"

/** In pages: so many are folded at a time, and so many does the log have when it is to begin anew. */
const enough = 1_000
const full = 16_000

/** In milliseconds, between two looks; the longer one after a look that found nothing new. */
const pace = 50
const idlePace = 500

/** In pages. */
interface Log {
  readonly log: number
  readonly checkpointed: number
}

const db = new DatabaseSync(workerData as string)
// Of the log nothing is written here; and the file is synced before the log begins anew.
db.exec("PRAGMA synchronous = NORMAL")
const look = db.prepare("PRAGMA wal_checkpoint(NOOP)")
const fold = db.prepare("PRAGMA wal_checkpoint(PASSIVE)")

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

let known = 0
let timer: NodeJS.Timeout | undefined

const next = () => {
  let isBusy = true
  try {
    const { log, checkpointed } = look.get() as unknown as Log
    isBusy = log !== known
    known = log
    if (log - checkpointed >= enough) fold.get()
    if (log >= full) {
      catchUp()
      parentPort?.postMessage("full")
    }
  } catch {
    // A full disk, or a lock: another look may find it gone, and the writer says what it meets itself.
  }
  timer = setTimeout(next, isBusy ? pace : idlePace)
}
next()

parentPort?.once("message", () => {
  clearTimeout(timer)
  db.close()
  parentPort?.close()
})
