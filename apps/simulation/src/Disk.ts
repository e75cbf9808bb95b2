/** The disk of the relays: a real SQLite file. A kill closes its handles, as the kernel would. The disk can be full or slow. */
import { Clock, Context } from "effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Story from "./Story.ts"
import type { Process, World } from "./World.ts"

/** In memory if possible: the speed of the real disk does not matter. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()

const original = { exec: DatabaseSync.prototype.exec, prepare: DatabaseSync.prototype.prepare }

const noSpace = () =>
  Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR", errcode: 13 })

export type Disk = ReturnType<typeof make>

/** Makes the disk of a run. Until `remove`, it watches every database that a process of the world opens. */
export const make = ({ running, time, trace }: World) => {
  const directory = mkdtempSync(join(root, "usher-simulation-"))
  const file = join(directory, "relay.db")
  const handles = new Map<DatabaseSync, Process>()
  let isFull = false
  let commits = 0
  let commitTakes = () => 0

  /** A file that can't grow: existing pages can be written again. */
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
    // SQLite rolls back if it can't write the log.
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
    /** Whether the process has an open transaction. */
    isWriting: (process: Process) => of(process).some((db) => db.isOpen && db.isTransaction),
    /** The number of committed transactions. */
    commits: () => commits,
    /** Closes the files of a dead process, as the kernel does. */
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
    /** Sets the time of a commit, which blocks its process, in milliseconds. */
    setSlow: (takes: () => number) => {
      commitTakes = takes
    },
    /** Reads the file from outside of all processes. */
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
