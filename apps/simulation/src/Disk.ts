/**
 * The disk that the relays' database lies on: a real SQLite file, whose handles a kill closes as the kernel would. The disk may
 * be full, or slow, for a while.
 */
import { Clock, Context } from "effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Story from "./Story.ts"
import type { Process, World } from "./World.ts"

/** In memory where there is one: what is simulated is what the relay makes of a disk, not how fast one is. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

const original = { exec: DatabaseSync.prototype.exec, prepare: DatabaseSync.prototype.prepare }

const noSpace = () =>
  Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR", errcode: 13 })

export type Disk = ReturnType<typeof make>

/** For one run. While it is there, it knows every database that a process of the world opens. */
export const make = ({ running, time, trace }: World) => {
  const directory = mkdtempSync(join(root, "usher-simulation-"))
  const file = join(directory, "relay.db")
  const handles = new Map<DatabaseSync, Process>()
  let isFull = false
  let commits = 0
  let commitTakes = () => 0

  /** Pages that there are may be written again, as in a file that can't grow. */
  const bound = (db: DatabaseSync) =>
    original.exec.call(db, `PRAGMA max_page_count = ${isFull ? 1 : 1_073_741_823}`)

  const know = (db: DatabaseSync) => {
    const process = running()
    if (process === undefined || handles.has(db)) return
    handles.set(db, process)
    const clock = Context.get(process.context, Clock.Clock)
    Story.attach(db, {
      process: () => process.name,
      at: time.elapsed,
      time: () => clock.currentTimeMillisUnsafe()
    })
    if (isFull) bound(db)
  }

  const commit = (db: DatabaseSync) => {
    time.pass(commitTakes())
    if (!isFull) {
      commits++
      return
    }
    // As SQLite does by itself where the log can't be written.
    original.exec.call(db, "ROLLBACK")
    throw noSpace()
  }

  DatabaseSync.prototype.exec = function (sql) {
    know(this)
    original.exec.call(this, sql)
  }
  DatabaseSync.prototype.prepare = function (sql, options) {
    const statement = original.prepare.call(this, sql, options)
    if (sql !== "COMMIT" || !handles.has(this)) return statement
    const all = statement.all.bind(statement)
    return Object.assign(statement, {
      all: () => {
        commit(this)
        return all()
      }
    })
  }

  const of = (process: Process) => [...handles].flatMap(([db, owner]) => (owner === process ? [db] : []))

  return {
    file,
    /** Whether a transaction of the process is open. */
    isWriting: (process: Process) => of(process).some((db) => db.isOpen && db.isTransaction),
    /** How many transactions were committed. */
    commits: () => commits,
    /** What the kernel does with the files of a process that is gone. */
    close: (process: Process) => {
      for (const db of of(process)) {
        if (db.isOpen) db.close()
        handles.delete(db)
      }
    },
    setFull: (full: boolean) => {
      isFull = full
      for (const db of handles.keys()) if (db.isOpen) bound(db)
      trace.note("disk", full ? "is full" : "has space")
    },
    /** In milliseconds; nothing else runs in the process meanwhile. */
    setSlow: (takes: () => number) => {
      commitTakes = takes
    },
    /** Reads the file as it is, as nobody's process. */
    read: <A>(use: (db: DatabaseSync) => A): A => {
      const db = new DatabaseSync(file)
      try {
        return use(db)
      } finally {
        db.close()
      }
    },
    remove: () => {
      Object.assign(DatabaseSync.prototype, original)
      for (const db of handles.keys()) if (db.isOpen) db.close()
      rmSync(directory, { recursive: true, force: true })
    }
  }
}
