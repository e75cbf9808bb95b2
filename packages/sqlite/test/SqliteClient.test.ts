import { assert, describe, it } from "@effect/vitest"
import {
  Context,
  Deferred,
  Effect,
  Exit,
  Fiber,
  Layer,
  Logger,
  Ref,
  Result,
  Scope,
  Stream,
  String
} from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { execFileSync } from "node:child_process"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { SqliteClient } from "../src/index.ts"
import { checkpointing } from "../src/internal/checkpointer.ts"
import * as Connection from "../src/internal/connection.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "usher-sqlite-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const file = Effect.map(directory, (path) => join(path, "test.db"))

const open = (options: SqliteClient.Options) =>
  Effect.map(Layer.build(SqliteClient.layer(options)), Context.get(SqlClient.SqlClient))

/** A fresh file with a table of people, and its client. */
const people = Effect.gen(function* () {
  const filename = yield* file
  const sql = yield* open({ filename, busyTimeout: "20 millis" })
  yield* sql`CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE)`
  return { filename, sql }
})

const add = (sql: SqlClient.SqlClient, email: string) => sql`INSERT INTO people (email) VALUES (${email})`

const emails = (sql: SqlClient.SqlClient) =>
  Effect.map(sql<{ email: string }>`SELECT email FROM people ORDER BY id`, (rows) => rows.map((_) => _.email))

/** Another process, as far as SQLite can tell. */
const stranger = (filename: string) =>
  Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(filename)),
    (db) => Effect.sync(() => db.close())
  )

const failure = <A, R>(effect: Effect.Effect<A, SqlError.SqlError, R>) =>
  Effect.map(Effect.flip(effect), (error) => ({
    tag: error.reason._tag,
    retryable: error.isRetryable,
    message: error.message,
    reason: error.reason
  }))

describe("values", () => {
  it.effect("come back as they went in, or as the nearest thing SQLite has", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      yield* sql`CREATE TABLE v (text TEXT, int INTEGER, real REAL, big INTEGER, yes INTEGER, no INTEGER, date TEXT, none TEXT, nil TEXT, bytes BLOB, buffer BLOB)`
      yield* sql`INSERT INTO v VALUES (${"gruß 🦥"}, ${42}, ${1.5}, ${7n}, ${true}, ${false}, ${new Date(0)}, ${undefined}, ${null}, ${new Uint8Array([1, 2])}, ${new Uint8Array([3]).buffer})`
      assert.deepStrictEqual(yield* sql`SELECT * FROM v`, [
        {
          text: "gruß 🦥",
          int: 42,
          real: 1.5,
          big: 7,
          yes: 1,
          no: 0,
          date: "1970-01-01T00:00:00.000Z",
          none: null,
          nil: null,
          bytes: new Uint8Array([1, 2]),
          buffer: new Uint8Array([3])
        }
      ])
    })
  )

  it.effect("keep whole numbers whole, also where the column is text", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      assert.deepStrictEqual(
        yield* sql`SELECT typeof(${1}) AS kind, 'n' || ${1} AS text, typeof(${0.5}) AS half`.values,
        [["integer", "n1", "real"]]
      )
    })
  )

  it.effect("that SQLite cannot store are refused, and not printed", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      const error = yield* failure(sql`SELECT ${"fine"}, ${{ secret: "hunter2" }}`)
      assert.strictEqual(error.tag, "UnknownError")
      assert.strictEqual(
        error.message,
        "Parameter 2 is of type object, which SQLite cannot store: encode it first"
      )
      assert.strictEqual((yield* failure(sql`SELECT ${new Date(NaN)}`)).tag, "UnknownError")
    })
  )

  it.effect("beyond 2^53 need SafeIntegers, which make all integers bigint", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      const select = sql`SELECT ${2n ** 60n} AS big, 1 AS small`
      assert.include((yield* failure(select)).message, "SafeIntegers")
      assert.deepStrictEqual(yield* Effect.provideService(select, SqlClient.SafeIntegers, true), [
        { big: 2n ** 60n, small: 1n }
      ])
      assert.deepStrictEqual(yield* sql`SELECT 1 AS small`, [{ small: 1 }])
    })
  )

  it.effect("are plain rows, arrays, or what SQLite counted, whichever is asked for", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      assert.deepStrictEqual(yield* add(sql, "a@example.com").raw, { changes: 1, lastInsertRowid: 1 })
      const select = sql`SELECT id, email, id FROM people`
      assert.deepStrictEqual(yield* select.values, [[1, "a@example.com", 1]])
      assert.deepStrictEqual(yield* select.valuesUnprepared, [[1, "a@example.com", 1]])
      assert.deepStrictEqual(yield* select.raw, [{ id: 1, email: "a@example.com" }])
      assert.deepStrictEqual(yield* select.unprepared, [{ id: 1, email: "a@example.com" }])
    })
  )

  it.effect("have their names translated in both directions", () =>
    Effect.gen(function* () {
      const sql = yield* open({
        filename: ":memory:",
        transformQueryNames: String.camelToSnake,
        transformResultNames: String.snakeToCamel
      })
      yield* sql`CREATE TABLE t (created_at INTEGER)`
      yield* sql`INSERT INTO t ${sql.insert({ createdAt: 1 })}`
      assert.deepStrictEqual(yield* sql`SELECT * FROM t`, [{ createdAt: 1 }])
      assert.deepStrictEqual(yield* Stream.runCollect(sql`SELECT * FROM t`.stream), [{ createdAt: 1 }])
      assert.deepStrictEqual(yield* sql.withoutTransforms()`SELECT * FROM t`, [{ created_at: 1 }])
    })
  )
})

describe("statements", () => {
  it.effect("are prepared again after they left a full cache, and after the schema changed", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:", prepareCacheSize: 1 })
      yield* sql`CREATE TABLE t (a INTEGER)`
      yield* sql`INSERT INTO t VALUES (1)`
      assert.deepStrictEqual(yield* sql`SELECT * FROM t`, [{ a: 1 }])
      yield* sql`ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 2`
      assert.deepStrictEqual(yield* sql`SELECT * FROM t`, [{ a: 1, b: 2 }])
      yield* sql`ALTER TABLE t RENAME COLUMN b TO c`.unprepared
      assert.deepStrictEqual(yield* sql`SELECT * FROM t`, [{ a: 1, c: 2 }])
    })
  )

  it.effect("run for many rows at once, and tell what each has changed", () =>
    Effect.gen(function* () {
      const db = new DatabaseSync(":memory:")
      db.exec("CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER)")
      const { executeMany } = Connection.make(db, { cacheSize: 10 })
      const insert = (...rows: ReadonlyArray<ReadonlyArray<unknown>>) =>
        executeMany("INSERT INTO t VALUES (?, ?) ON CONFLICT DO NOTHING", rows)
      assert.deepStrictEqual(yield* insert(["a", 1], ["a", 2], ["b", true]), [1, 0, 1])
      assert.deepStrictEqual(yield* insert(), [])
      assert.include((yield* failure(insert(["c", Symbol("no")]))).message, "cannot store")
    })
  )

  it.effect("come one at a time, comments aside", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      assert.deepStrictEqual(yield* sql`SELECT 1 AS a; -- one; two\n /* three; */ ;`, [{ a: 1 }])
      assert.include((yield* failure(sql`SELECT 1; SELECT 2`)).message, "more than one statement")
      assert.strictEqual((yield* failure(sql`SELEC 1`)).message, 'near "SELEC": syntax error')
      assert.strictEqual((yield* failure(sql.unsafe(""))).tag, "UnknownError")
    })
  )

  it.effect("that break a constraint say which", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      yield* add(sql, "a@example.com")
      const unique = yield* failure(add(sql, "a@example.com"))
      assert.deepInclude(unique, { tag: "UniqueViolation", retryable: false })
      assert.deepInclude(unique.reason, { constraint: "people.email" })
      assert.strictEqual(unique.message, "UNIQUE constraint failed: people.email")

      const primary = yield* failure(sql`INSERT INTO people VALUES (1, 'b@example.com')`)
      assert.deepInclude(primary.reason, { _tag: "UniqueViolation", constraint: "people.id" })

      assert.strictEqual(
        (yield* failure(sql`INSERT INTO people (email) VALUES (${null})`)).tag,
        "ConstraintError"
      )

      yield* sql`CREATE TABLE notes (person INTEGER REFERENCES people)`
      assert.strictEqual((yield* failure(sql`INSERT INTO notes VALUES (99)`)).tag, "ConstraintError")
    })
  )

  it.effect("against a full disk say so", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      yield* sql`PRAGMA max_page_count = 1`
      assert.deepInclude(yield* failure(sql`CREATE TABLE big AS SELECT zeroblob(100000)`), {
        tag: "UnknownError",
        retryable: false,
        message: "database or disk is full: free some space"
      })
    })
  )
})

describe("a damaged file", () => {
  it.effect("is told from a slip in the SQL, and is not worth another try", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* people
      yield* Effect.forEach(
        Array.from({ length: 200 }, (_, i) => `${i}@example.com`),
        (email) => add(sql, email)
      )
      yield* sql`PRAGMA wal_checkpoint(TRUNCATE)`
      const bytes = readFileSync(filename)
      writeFileSync(filename, bytes.fill(0xff, 4096))
      const again = yield* open({ filename, readonly: true })
      assert.deepInclude(yield* failure(emails(again)), {
        tag: "UnknownError",
        retryable: false,
        message: "database disk image is malformed: restore the file from a backup"
      })
    })
  )
})

describe("transactions", () => {
  it.effect("leave nothing behind when they fail", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      const exit = yield* add(sql, "a@example.com").pipe(
        Effect.andThen(Effect.fail("no")),
        sql.withTransaction,
        Effect.result
      )
      assert.deepStrictEqual(exit, Result.fail("no"))
      assert.deepStrictEqual(yield* emails(sql), [])
    })
  )

  it.effect("can fail inside without taking the outer one along", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* add(sql, "outer@example.com")
          yield* add(sql, "inner@example.com").pipe(
            Effect.andThen(Effect.fail("no")),
            sql.withTransaction,
            Effect.ignore
          )
          yield* sql.withTransaction(add(sql, "second@example.com"))
        })
      )
      assert.deepStrictEqual(yield* emails(sql), ["outer@example.com", "second@example.com"])
    })
  )

  it.effect("are rolled back, and the connection usable, when COMMIT itself fails", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      yield* sql`CREATE TABLE notes (person INTEGER REFERENCES people DEFERRABLE INITIALLY DEFERRED)`
      const error = yield* failure(sql.withTransaction(sql`INSERT INTO notes VALUES (99)`))
      assert.strictEqual(error.tag, "ConstraintError")
      yield* sql.withTransaction(add(sql, "a@example.com"))
      assert.deepStrictEqual(yield* emails(sql), ["a@example.com"])
    })
  )

  it.effect("of concurrent fibers run one after another", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      const inside = yield* Ref.make(0)
      const most = yield* Ref.make(0)
      yield* Effect.forEach(
        Array.from({ length: 20 }, (_, i) => `${i}@example.com`),
        (email) =>
          sql.withTransaction(
            Effect.gen(function* () {
              const now = yield* Ref.updateAndGet(inside, (n) => n + 1)
              yield* Ref.update(most, (n) => Math.max(n, now))
              yield* add(sql, email)
              yield* Effect.yieldNow
              yield* Ref.update(inside, (n) => n - 1)
            })
          ),
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual(yield* Ref.get(most), 1)
      assert.lengthOf(yield* emails(sql), 20)
    })
  )

  it.effect("that are interrupted roll back and let the next one in", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      const fiber = yield* add(sql, "a@example.com").pipe(
        Effect.andThen(Effect.never),
        sql.withTransaction,
        Effect.forkChild({ startImmediately: true })
      )
      yield* Fiber.interrupt(fiber)
      yield* add(sql, "b@example.com")
      assert.deepStrictEqual(yield* emails(sql), ["b@example.com"])
    })
  )

  it.effect("find a database locked by somebody else, and may try again", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* people
      const other = yield* stranger(filename)
      other.exec("BEGIN IMMEDIATE")
      for (const attempt of [add(sql, "a@example.com"), sql.withTransaction(add(sql, "a@example.com"))]) {
        assert.deepInclude(yield* failure(attempt), {
          tag: "LockTimeoutError",
          retryable: true,
          message: "database is locked: another connection holds the lock, so try again"
        })
      }
      assert.deepStrictEqual(yield* emails(sql), [])
      other.exec("ROLLBACK")
      yield* sql.withTransaction(add(sql, "a@example.com"))
      assert.deepStrictEqual(yield* emails(sql), ["a@example.com"])
    })
  )
})

describe("streams", () => {
  const numbers = (sql: SqlClient.SqlClient, count: number) =>
    sql<{
      n: number
    }>`WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${count}) SELECT n FROM c`
      .stream

  it.effect("deliver every row once, in order", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      const last = yield* Stream.runFold(
        numbers(sql, 100_000),
        () => 0,
        (previous, row) => (row.n === previous + 1 ? row.n : -1)
      )
      assert.strictEqual(last, 100_000)
      assert.deepStrictEqual(
        yield* Stream.runCollect(numbers(sql, 128)).pipe(Effect.map((_) => _.length)),
        128
      )
    })
  )

  it.effect("read no further than asked, and then let go of the database", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* people
      // Endless, if it were read to its end.
      assert.lengthOf(yield* Stream.runCollect(Stream.take(numbers(sql, Infinity), 3)), 3)
      yield* add(sql, "a@example.com")
      yield* Stream.runDrain(Stream.take(sql`SELECT * FROM people, people AS others`.stream, 1))
      yield* add(sql, "b@example.com")
      const other = yield* stranger(filename)
      assert.deepInclude(other.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get(), { busy: 0 })
    })
  )

  it.effect("inside a transaction share it with other statements, even with the same one", () =>
    Effect.gen(function* () {
      const { sql } = yield* people
      yield* Effect.forEach(
        Array.from({ length: 300 }, (_, i) => `${i}@example.com`),
        (email) => add(sql, email)
      )
      const all = sql<{ id: number }>`SELECT id FROM people`
      const seen = yield* sql.withTransaction(
        Stream.runFoldEffect(
          all.stream,
          () => 0,
          (count) => Effect.map(all, () => count + 1)
        )
      )
      assert.strictEqual(seen, 300)
    })
  )

  it.effect("fail with a typed error, at the start and on the way", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: ":memory:" })
      assert.include(
        (yield* failure(Stream.runDrain(sql`SELECT * FROM nowhere`.stream))).message,
        "no such table"
      )
      const overflow = sql`SELECT 1 AS n UNION ALL SELECT ${2n ** 60n}`.stream
      assert.include((yield* failure(Stream.runDrain(overflow))).message, "SafeIntegers")
      assert.lengthOf(
        yield* Effect.provideService(Stream.runCollect(overflow), SqlClient.SafeIntegers, true),
        2
      )
    })
  )
})

describe("opening", () => {
  const opening = (options: SqliteClient.Options) => failure(Effect.scoped(open(options)))

  it.effect("in a directory that does not exist names the directory", () =>
    Effect.gen(function* () {
      const missing = join(yield* directory, "missing")
      const filename = join(missing, "test.db")
      assert.deepInclude(yield* opening({ filename }), {
        tag: "ConnectionError",
        message: `Cannot open the database ${filename}: the directory ${missing} does not exist, so create it or correct the path`
      })
    })
  )

  it.effect("a directory, a device, a pipe, or for reading a file that is missing, says so", () =>
    Effect.gen(function* () {
      const path = yield* directory
      const pipe = join(path, "pipe")
      execFileSync("mkfifo", [pipe])
      for (const readonly of [false, true]) {
        const reason = Effect.fnUntraced(function* (filename: string) {
          return (yield* opening({ filename, readonly })).message
        })
        assert.include(yield* reason(path), "this is a directory")
        for (const other of [pipe, "/dev/null"]) assert.include(yield* reason(other), "not a regular file")
      }
      const missing = yield* opening({ filename: join(path, "test.db"), readonly: true })
      assert.include(missing.message, "there is no such file")
      assert.isFalse(existsSync(join(path, "test.db")))
    })
  )

  it.effect("a file that is no database leaves it as it is", () =>
    Effect.gen(function* () {
      const filename = yield* file
      writeFileSync(filename, "no database ".repeat(1000))
      const error = yield* opening({ filename })
      assert.strictEqual(error.tag, "UnknownError")
      assert.strictEqual(
        error.message,
        `Cannot open the database ${filename}: file is not a database: check the path, or restore the file from a backup`
      )
    })
  )

  it.effect("a name that cannot be one is typed as well", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* opening({ filename: "a\0b" })).tag, "UnknownError")
    })
  )

  it.effect("a database that somebody holds exclusively can be tried again", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const other = yield* stranger(filename)
      other.exec("CREATE TABLE t (a); BEGIN EXCLUSIVE")
      assert.deepInclude(yield* opening({ filename, busyTimeout: 0 }), {
        tag: "LockTimeoutError",
        retryable: true
      })
    })
  )

  // root may write everywhere
  it.effect.skipIf(process.getuid?.() === 0)("a file without permission says so", () =>
    Effect.gen(function* () {
      const path = yield* directory
      const closed = join(path, "closed")
      mkdirSync(closed)
      chmodSync(closed, 0o500)
      assert.include((yield* opening({ filename: join(closed, "test.db") })).message, "may not create files")
      const filename = join(path, "test.db")
      yield* Effect.scoped(open({ filename }))
      chmodSync(filename, 0o400)
      assert.include((yield* opening({ filename })).message, "readonly database: check the permissions")
      chmodSync(filename, 0o000)
      assert.include((yield* opening({ filename })).message, "may not read and write")
      chmodSync(closed, 0o000)
      assert.include((yield* opening({ filename: join(closed, "test.db") })).message, "may not")
    })
  )

  it.effect("for reading reads, and refuses to write", () =>
    Effect.gen(function* () {
      const { filename, sql } = yield* people
      yield* add(sql, "a@example.com")
      const reader = yield* open({ filename, readonly: true })
      assert.deepStrictEqual(yield* emails(reader), ["a@example.com"])
      assert.deepStrictEqual(yield* reader.withTransaction(emails(reader)), ["a@example.com"])
      assert.deepInclude(yield* failure(add(reader, "b@example.com")), {
        tag: "UnknownError",
        retryable: false,
        message:
          "attempt to write a readonly database: check the permissions of the file and its directory, or open it without readonly"
      })
    })
  )

  it.effect("sets what a durable store needs", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: yield* file })
      const pragma = (name: string) => Effect.map(sql.unsafe(`PRAGMA ${name}`).values, (rows) => rows[0]?.[0])
      assert.deepStrictEqual(
        yield* Effect.forEach(["journal_mode", "synchronous", "foreign_keys", "busy_timeout"], pragma),
        ["wal", 2, 1, 1000]
      )
      assert.strictEqual(sql.driver, "sqlite-node")
    })
  )

  it.effect("succeeds while somebody else is writing", () =>
    Effect.gen(function* () {
      const { filename } = yield* people
      const other = yield* stranger(filename)
      other.exec("BEGIN IMMEDIATE")
      const sql = yield* open({ filename, busyTimeout: 0 })
      assert.deepStrictEqual(yield* emails(sql), [])
      other.exec("ROLLBACK")
      yield* add(sql, "a@example.com")
    })
  )

  it.effect("leaves what was in the file alone", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const other = yield* stranger(filename)
      other.exec("PRAGMA user_version = 7")
      const sql = yield* open({ filename })
      assert.deepStrictEqual(yield* sql`PRAGMA user_version`, [{ user_version: 7 }])
      assert.deepStrictEqual(
        other
          .prepare("SELECT * FROM pragma_user_version")
          .all()
          .map((row) => row["user_version"]),
        [7]
      )
    })
  )
})

describe("closing", () => {
  it.effect("the scope folds the log into the file and lets go of it", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const scope = yield* Scope.make()
      const sql = yield* Scope.provide(open({ filename }), scope)
      yield* sql`CREATE TABLE t (a)`
      assert.isTrue(existsSync(`${filename}-wal`))
      yield* Scope.close(scope, Exit.void)
      assert.isFalse(existsSync(`${filename}-wal`))
      assert.include((yield* failure(sql`SELECT 1`)).message, "database is not open")
    })
  )

  it.effect("does not wait for a lock held by somebody else", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const scope = yield* Scope.make()
      const sql = yield* Scope.provide(open({ filename, busyTimeout: "1 minute" }), scope)
      yield* sql`CREATE TABLE t (a)`
      const other = yield* stranger(filename)
      other.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
      yield* Scope.close(scope, Exit.void)
      other.exec("COMMIT")
      assert.deepInclude(other.prepare("SELECT count(*) AS n FROM t").get(), { n: 1 })
    })
  )
})

describe("checkpoints in a thread", () => {
  /** Of the log. */
  const pages = (sql: SqlClient.SqlClient) =>
    Effect.map(sql<{ log: number }>`PRAGMA wal_checkpoint(NOOP)`, ([row]) => row?.log ?? 0)

  it.live("fold the log into the file while it is written, and it begins anew before it is long", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const sql = yield* open({ filename, checkpoints: "thread" })
      yield* sql`CREATE TABLE t (bytes BLOB)`
      const write = sql.withTransaction(
        Effect.replicateEffect(sql`INSERT INTO t VALUES (${new Uint8Array(40_000)})`, 50, { discard: true })
      )
      let before = 0
      const beginsAnew = Effect.map(Effect.andThen(write, pages(sql)), (now) => {
        const isShorter = now < before
        before = now
        return isShorter
      })
      // So often that SQLite alone would have a log of 200 MB, were it not begun anew.
      assert.isTrue(
        yield* Effect.repeat(Effect.delay(beginsAnew, "5 millis"), { until: (begins) => begins, times: 100 })
      )
      assert.isAtLeast(statSync(filename).size, 1_000 * 4_096)
    })
  )

  it.live("have started when the database is open, and take over from the commits", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: yield* file, checkpoints: "thread" })
      assert.deepStrictEqual(yield* sql`PRAGMA wal_autocheckpoint`, [{ wal_autocheckpoint: 64_000 }])
      const alone = yield* open({ filename: yield* file })
      assert.deepStrictEqual(yield* alone`PRAGMA wal_autocheckpoint`, [{ wal_autocheckpoint: 1_000 }])
    })
  )

  it.live("fail loudly where the file of the thread is missing", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const db = yield* stranger(filename)
      const program = new URL("./checkpointThreadmjs", import.meta.url)
      const { message, retryable } = yield* failure(
        checkpointing(db, { filename, bound: 1, onLogSize: () => Effect.void, program })
      )
      assert.isFalse(retryable)
      assert.include(message, `Cannot start the checkpoint thread of ${filename}`)
      assert.include(message, "checkpointThreadmjs")
      assert.include(message, "Keep @usher/sqlite out of bundles")
    })
  )

  it.live("leave the folding to the commits again, and say so, when the thread dies", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const db = yield* stranger(filename)
      const logged = yield* Deferred.make<unknown>()
      const logger = Logger.make(({ message }) => Deferred.doneUnsafe(logged, Effect.succeed(message)))
      const program = new URL(
        "data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.postMessage('started'); setTimeout(() => { throw new Error('no more') }, 200)"
      )
      yield* checkpointing(db, { filename, bound: 1, onLogSize: () => Effect.void, program }).pipe(
        Effect.provide(Logger.layer([logger]))
      )
      assert.include(JSON.stringify(yield* Deferred.await(logged)), "The checkpoint thread ended")
      assert.deepInclude(db.prepare("PRAGMA wal_autocheckpoint").get(), { wal_autocheckpoint: 1_000 })
    })
  )

  it.effect("end with the scope, which folds in what is left", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const scope = yield* Scope.make()
      const sql = yield* Scope.provide(open({ filename, checkpoints: "thread" }), scope)
      yield* sql`CREATE TABLE t (a)`
      yield* Scope.close(scope, Exit.void)
      assert.isFalse(existsSync(`${filename}-wal`))
      assert.deepStrictEqual(yield* (yield* open({ filename }))`SELECT * FROM t`, [])
    })
  )
})

describe("what is deleted", () => {
  it.effect("is overwritten in the file, also where it was longer than a page", () =>
    Effect.gen(function* () {
      const filename = join(mkdtempSync(join(tmpdir(), "usher-sqlite-")), "a.db")
      const left = () => readFileSync(filename, "latin1").split("deleted@example.com").length - 1
      yield* Effect.scoped(
        Effect.gen(function* () {
          const sql = yield* open({ filename })
          yield* sql`CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT`
          yield* sql`WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 200)
            INSERT INTO rows SELECT id, 'deleted@example.com' || printf('%.*c', id * 100, 'x') || 'deleted@example.com' FROM n`
          yield* sql`PRAGMA wal_checkpoint(TRUNCATE)`
          assert.strictEqual(left(), 400)
          yield* sql`UPDATE rows SET text = '' WHERE id % 2 = 0`
          yield* sql`DELETE FROM rows WHERE id % 2 = 1`
        })
      )
      assert.strictEqual(left(), 0)
      rmSync(dirname(filename), { recursive: true })
    })
  )
})

describe("migrations", () => {
  const migrate = Migrator.make({})({
    loader: Migrator.fromRecord({
      "0001_create_people": Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT)`
      })
    })
  })

  it.effect("run once", () =>
    Effect.gen(function* () {
      const sql = yield* open({ filename: yield* file })
      const run = Effect.provideService(migrate, SqlClient.SqlClient, sql)
      assert.deepStrictEqual(yield* run, [[1, "create_people"]])
      assert.deepStrictEqual(yield* run, [])
      yield* add(sql, "a@example.com")
    })
  )
})

describe("a file that is made", () => {
  it.effect("is its owner's alone, as are those beside it, whatever the umask", () =>
    Effect.gen(function* () {
      yield* Effect.acquireRelease(
        Effect.sync(() => process.umask(0)),
        (before) => Effect.sync(() => process.umask(before))
      )
      const { filename } = yield* people
      for (const path of [filename, `${filename}-wal`, `${filename}-shm`]) {
        assert.deepStrictEqual([path, statSync(path).mode & 0o777], [path, 0o600])
      }
    })
  )

  it.effect("keeps the rights that it had before", () =>
    Effect.gen(function* () {
      const filename = yield* file
      writeFileSync(filename, "")
      chmodSync(filename, 0o640)
      yield* open({ filename })
      assert.strictEqual(statSync(filename).mode & 0o777, 0o640)
    })
  )
})
