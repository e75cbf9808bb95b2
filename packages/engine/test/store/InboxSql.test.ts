import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { Inbox, Migrations, Operations } from "../../src/index.ts"
import { databaseFile, layers } from "../databases.ts"
import { nextDue } from "../dispatching.ts"
import { delivery, layerInbox, layerInboxAt } from "../fixtures.ts"
import { inboxContract } from "../inboxContract.ts"

for (const [name, layer] of Object.entries(layers)) inboxContract(name, layer)

/** An Inbox on this file, and nobody else's. */
const on = (filename: string) => Effect.provide(layerInboxAt(filename), { local: true })

/** Another process, as far as SQLite can tell. */
const stranger = (filename: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(filename)),
    (db) => Effect.sync(() => db.close())
  )

const many = Array.from({ length: 200 }, (_, index) => delivery({ deliveryId: `${index}` }))

/** Commits in the write-ahead log: a frame tells the size of the database if, and only if, it ends a transaction. */
const commits = (filename: string): number => {
  const wal = readFileSync(`${filename}-wal`)
  // Nothing was written yet.
  if (wal.length === 0) return 0
  const frame = 24 + wal.readUInt32BE(8)
  const salt = wal.subarray(16, 24)
  let count = 0
  for (let at = 32; at + frame <= wal.length; at += frame) {
    if (salt.equals(wal.subarray(at + 8, at + 16)) && wal.readUInt32BE(at + 4) > 0) count++
  }
  return count
}

describe("InboxSql on SQLite", () => {
  it.effect("has committed what it accepted: another process reads it, before anything is closed", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        const { id } = yield* Inbox.Inbox.use((inbox) => inbox.accept(delivery()))
        const db = yield* stranger(filename)
        expect(db.prepare("SELECT id FROM webhooks").all()).toEqual([{ id }])
      }).pipe(on(filename))
    })
  )

  it.effect("finds everything again after a restart, and migrates once", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      const accept = Inbox.Inbox.use((inbox) => inbox.accept(delivery()))
      const first = yield* accept.pipe(on(filename))
      expect(yield* accept.pipe(on(filename))).toEqual({ id: first.id, duplicate: true })
      const db = yield* stranger(filename)
      expect(db.prepare("SELECT name FROM usher_migrations").all()).toEqual(
        Object.keys(Migrations.migrations).map((name) => ({ name: name.slice("0000_".length) }))
      )
    })
  )

  it.effect("carries 200 concurrent accepts with two commits at the most", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        const inbox = yield* Inbox.Inbox
        const before = commits(filename)
        yield* Effect.forEach(many, inbox.accept, { concurrency: "unbounded" })
        expect(commits(filename) - before).toBeLessThanOrEqual(2)
        const one = commits(filename)
        yield* inbox.accept(delivery())
        expect(commits(filename) - one).toBe(1)
      }).pipe(on(filename))
    })
  )

  it.effect("fails all who share a commit that fails, stores none of them, and works again", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        const inbox = yield* Inbox.Inbox
        const db = yield* stranger(filename)
        db.exec("BEGIN IMMEDIATE")
        const errors = yield* Effect.forEach(many, (webhook) => Effect.flip(inbox.accept(webhook)), {
          concurrency: "unbounded"
        })
        expect(new Set(errors.map(({ _tag }) => _tag))).toEqual(new Set(["InboxUnavailable"]))
        expect(errors[0]?.message).toContain("The database can't be used: ")
        expect(yield* Effect.flip(inbox.check)).toBeInstanceOf(Inbox.InboxUnavailable)

        db.exec("ROLLBACK")
        yield* inbox.check
        expect(yield* inbox.received(10)).toEqual([])
        expect(yield* Effect.forEach(many, inbox.accept, { concurrency: "unbounded" })).toHaveLength(200)
      }).pipe(on(filename))
    })
  )

  it.effect("changes nothing when a part of the mapping can't be written", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const operations = yield* Operations.Operations
      const sql = yield* SqlClient.SqlClient
      const { id } = yield* inbox.accept(delivery())
      const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
      yield* sql`CREATE TRIGGER refuse BEFORE UPDATE ON webhooks BEGIN SELECT RAISE(ABORT, 'no'); END`
      const invitations = [{ liveId: "live-1", member: "alice@example.com" }]
      const error = yield* Effect.flip(
        inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main" })
      )
      expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
      expect(yield* operations.invitations(id)).toEqual([])
      expect(yield* nextDue()).toBeUndefined()
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("commits what was called before it closes", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        const inbox = yield* Inbox.Inbox
        yield* Effect.forEach(many, (webhook) =>
          Effect.forkDetach(inbox.accept(webhook), { startImmediately: true })
        )
      }).pipe(on(filename))
      const db = yield* stranger(filename)
      expect(db.prepare("SELECT count(*) AS count FROM webhooks").get()).toEqual({ count: 200 })
    })
  )
})
