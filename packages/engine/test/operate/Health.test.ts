/** `Inbox.check` says what keeps the database from being written, and that it can be written again. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { chownSync, mkdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { inject } from "vitest"
import { Inbox } from "../../src/index.ts"
import * as Postgres from "../../src/store/postgres/Postgres.ts"
import { databaseFile, layerInboxSql, layerPostgres, onEach, postgresDatabase } from "../databases.ts"
import { delivery, layerInboxAt } from "../fixtures.ts"
import { canMount, disk } from "../fullDisk.ts"
import { startPostgres } from "../postgresServer.ts"

const check = Inbox.Inbox.use((inbox) => inbox.check)

const accept = (deliveryId: string, size = 2) =>
  Inbox.Inbox.use((inbox) => inbox.accept(delivery({ deliveryId, body: new Uint8Array(size) })))

const reason = Effect.map(Effect.flip(check), ({ message }) => message)

/** By what it last knew, a check may be wrong for ten seconds. */
const settled = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.retry(Effect.delay(effect, "100 millis"), { times: 150 })

const becomes = (expected: RegExp, first: Effect.Effect<void> = Effect.void) =>
  settled(
    Effect.flatMap(Effect.andThen(first, Effect.flip(check)), ({ message }) =>
      expected.test(message) ? Effect.void : Effect.fail(message)
    )
  )

const layerServer = (url: string) => Layer.provideMerge(layerInboxSql, layerPostgres(url))

const administer = (url: string, ...statements: ReadonlyArray<string>) =>
  SqlClient.SqlClient.use((sql) => Effect.forEach(statements, (text) => sql.unsafe(text))).pipe(
    Effect.provide(Postgres.layerClient({ url: Redacted.make(url), maxConnections: 1 }), { local: true }),
    Effect.orDie
  )

/** A database on a disk of its own, of a server of its own: no server writes a checkpoint while one of its disks is full. */
const onDisk = Effect.fnUntraced(function* (path: string) {
  const { databaseDir, url } = yield* Effect.acquireRelease(
    Effect.promise(() => startPostgres()),
    ({ remove }) => Effect.promise(remove)
  )
  const { uid, gid } = statSync(databaseDir)
  const folder = join(path, "data")
  mkdirSync(folder, { mode: 0o700 })
  for (const one of [path, folder]) chownSync(one, uid, gid)
  yield* administer(
    url,
    `CREATE TABLESPACE small LOCATION '${folder}'`,
    "CREATE DATABASE small TABLESPACE small"
  )
  return url.replace(/[^/]+$/, "small")
})

describe("a database is not ready", () => {
  it.live.skipIf(!canMount)("on a full disk, though no webhook comes: SQLite", () =>
    Effect.gen(function* () {
      const { fill, free, path } = yield* disk(12)
      yield* Effect.gen(function* () {
        yield* accept("1")
        yield* check
        yield* becomes(/full.*free some space/, fill)
        yield* free
        yield* settled(check)
        yield* accept("2")
      }).pipe(Effect.provide(layerInboxAt(join(path, "usher.db"))))
    }).pipe(Effect.scoped)
  )

  it.live.skipIf(!canMount)("on a full disk, though no webhook comes: Postgres", () =>
    Effect.gen(function* () {
      const { fill, free, path } = yield* disk(60)
      const url = yield* onDisk(path)
      yield* Effect.gen(function* () {
        yield* accept("1")
        yield* check
        yield* becomes(/could not (extend|create|write).*No space left/s, fill)
        yield* free
        yield* settled(check)
        yield* accept("2")
      }).pipe(Effect.provide(layerServer(url)))
    }).pipe(Effect.scoped)
  )

  it.live("while another process has locked the file: SQLite", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        yield* accept("1")
        const other = new DatabaseSync(filename)
        other.exec("BEGIN IMMEDIATE")
        yield* becomes(/locked/)
        other.exec("ROLLBACK")
        other.close()
        yield* settled(check)
      }).pipe(Effect.provide(layerInboxAt(filename)))
    })
  )

  it.live("while another session has locked a table: Postgres", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      yield* Effect.gen(function* () {
        yield* accept("1")
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { release } = yield* lockedBy(url, "LOCK TABLE webhooks IN ACCESS EXCLUSIVE MODE")
            yield* becomes(/another session has locked a table/)
            yield* release
          })
        )
        yield* settled(check)
        // What only reads, such as a backup, locks nobody out.
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Effect.asVoid(lockedBy(url, "LOCK TABLE probes, webhooks IN ACCESS SHARE MODE"))
            yield* Effect.sleep("5100 millis")
            yield* check
          })
        )
      }).pipe(Effect.provide(layerServer(url)))
    }).pipe(Effect.scoped)
  )

  it.live("that can only be read: Postgres", () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const name = new URL(url).pathname.slice(1)
      yield* Effect.gen(function* () {
        yield* check
        yield* administer(
          inject("postgresUrl"),
          `ALTER DATABASE ${name} SET default_transaction_read_only = on`
        )
        yield* administer(
          inject("postgresUrl"),
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`
        )
        yield* becomes(/read-only transaction/)
        yield* administer(inject("postgresUrl"), `ALTER DATABASE ${name} RESET default_transaction_read_only`)
        yield* settled(check)
      }).pipe(Effect.provide(layerServer(url)))
    }).pipe(Effect.scoped)
  )

  it.effect("once its file is removed, which no webhook is acknowledged by either: SQLite", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        yield* accept("1")
        yield* check
        rmSync(filename)
        expect((yield* Effect.flip(accept("2"))).message).toMatch(/usher\.db was removed/)
        expect(yield* reason).toMatch(/usher\.db was removed/)
      }).pipe(Effect.provide(layerInboxAt(filename)))
    })
  )
})

describe("what the last webhooks met", () => {
  it.effect("counts for ten seconds, unless a later webhook is stored", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* check
      yield* sql`CREATE TRIGGER no_webhook BEFORE INSERT ON webhooks BEGIN SELECT RAISE(ABORT, 'no room'); END`
      yield* Effect.flip(accept("1"))
      expect(yield* reason).toMatch(/no room/)
      yield* TestClock.adjust("9 seconds")
      expect(yield* reason).toMatch(/no room/)
      yield* TestClock.adjust("1 second")
      yield* check
      yield* Effect.flip(accept("1"))
      yield* sql`DROP TRIGGER no_webhook`
      yield* accept("1")
      yield* check
    }).pipe(Effect.provide(Layer.unwrap(Effect.map(databaseFile, layerInboxAt))))
  )
})

onEach((test) => {
  test("a check writes at most every five seconds, for all who ask", (inbox) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const written = Effect.map(
        sql<{ filler: string }>`SELECT filler FROM probes`,
        (rows) => rows[0]?.filler
      )
      const all = Effect.replicateEffect(inbox.check, 50, { concurrency: "unbounded" })
      yield* all
      const first = yield* written
      yield* TestClock.adjust("4900 millis")
      yield* all
      expect(yield* written).toBe(first)
      yield* TestClock.adjust("100 millis")
      yield* all
      const second = yield* written
      expect(second).not.toBe(first)
      expect(second).toHaveLength(16_384)
    }))
})

/** Holds a lock until it is released, or the scope closes. */
const lockedBy = Effect.fnUntraced(function* (
  url: string,
  statement: string
): Effect.fn.Return<{ readonly release: Effect.Effect<unknown> }, never, Scope.Scope> {
  const services = yield* Effect.orDie(Layer.build(Layer.fresh(layerPostgres(url))))
  const session = yield* Effect.orDie(
    Effect.provide(
      Effect.flatMap(SqlClient.SqlClient, (sql) => sql.reserve),
      services
    )
  )
  const run = (text: string) => Effect.orDie(session.executeRaw(text, []))
  yield* run("BEGIN")
  yield* run(statement)
  yield* Effect.addFinalizer(() => run("ROLLBACK"))
  return { release: run("ROLLBACK") }
})
