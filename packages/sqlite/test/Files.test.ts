/** What happens to the files of a database while it is open: removed, replaced, taken by another program, grown. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Queue, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { spawn } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SqliteClient, SqliteLock } from "../src/index.ts"

const file = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "usher-sqlite-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  ),
  (path) => join(path, "test.db")
)

const open = (options: SqliteClient.Options) =>
  Effect.map(Layer.build(Layer.fresh(SqliteClient.layer(options))), Context.get(SqlClient.SqlClient))

/** Runs in a process of its own until it is killed; ready when it has printed something. */
const program = (text: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly pid: number; readonly kill: Effect.Effect<void> }>((resume) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
      const kill = Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
      child.stdout.once("data", () => resume(Effect.succeed({ pid: child.pid ?? 0, kill })))
    }),
    ({ kill }) => kill
  )

const isLinux = existsSync("/proc/locks")

describe("a database that is removed or replaced while it is open", () => {
  const cases: ReadonlyArray<readonly [string, (filename: string) => void, RegExp]> = [
    ["the file is removed", (filename) => rmSync(filename), /test\.db was removed/],
    [
      "another file is put in its place",
      (filename) => {
        copyFileSync(filename, `${filename}.copy`)
        renameSync(`${filename}.copy`, filename)
      },
      /test\.db was replaced/
    ],
    ["the log is removed", (filename) => rmSync(`${filename}-wal`), /test\.db-wal was removed/],
    ["the shared memory is removed", (filename) => rmSync(`${filename}-shm`), /test\.db-shm was removed/],
    [
      "all is removed, in the middle of a transaction",
      (filename) => ["", "-wal", "-shm"].forEach((suffix) => rmSync(filename + suffix)),
      /test\.db was removed/
    ]
  ]
  it.effect.each(cases)("takes no more writes: %s", ([, harm, reason]) =>
    Effect.gen(function* () {
      const filename = yield* file
      const sql = yield* open({ filename })
      yield* sql`CREATE TABLE t (a)`
      yield* sql`INSERT INTO t VALUES (1)`
      const committed = yield* Effect.flip(
        sql.withTransaction(
          Effect.andThen(
            sql`INSERT INTO t VALUES (2)`,
            Effect.sync(() => harm(filename))
          )
        )
      )
      assert.match(committed.message, reason)
      assert.match((yield* Effect.flip(sql`INSERT INTO t VALUES (3)`)).message, reason)
      assert.match((yield* Effect.flip(sql.withTransaction(Effect.void))).message, reason)
      assert.deepStrictEqual(yield* sql`SELECT a FROM t`, [{ a: 1 }])
    })
  )

  it.effect("takes writes again when it is put back", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const sql = yield* open({ filename })
      yield* sql`CREATE TABLE t (a)`
      renameSync(filename, `${filename}.away`)
      const refused = yield* Effect.flip(sql`INSERT INTO t VALUES (1)`)
      assert.match(refused.message, /test\.db was removed .* put this same file back, and writing goes on/)
      renameSync(`${filename}.away`, filename)
      yield* sql`INSERT INTO t VALUES (1)`
    })
  )
})

describe("a database whose file is gone", () => {
  it.effect.each(["-wal", "-journal"])("is not created anew beside its log %s, which is kept", (suffix) =>
    Effect.gen(function* () {
      const filename = yield* file
      const log = filename + suffix
      writeFileSync(log, "the last commits")
      for (const isEmpty of [false, true]) {
        if (isEmpty) writeFileSync(filename, "")
        const { message } = yield* Effect.flip(open({ filename }))
        assert.include(message, `its file is gone, but not its log ${log}`)
        assert.strictEqual(SqliteClient.orphaned(filename), message.split(": ").slice(1).join(": "))
        assert.strictEqual(readFileSync(log, "utf8"), "the last commits")
        assert.strictEqual(existsSync(filename), isEmpty)
      }
      rmSync(log)
      yield* open({ filename })
      assert.isUndefined(SqliteClient.orphaned(filename))
    }).pipe(Effect.scoped)
  )

  it.effect("opens again with its log once it is back", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const sql = yield* open({ filename })
      yield* sql`CREATE TABLE t (n)`
      yield* sql`INSERT INTO t VALUES (1)`
      const copy = `${filename}.copy`
      for (const suffix of ["", "-wal"]) copyFileSync(filename + suffix, copy + suffix)
      renameSync(copy, `${copy}.away`)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(open({ filename: copy }))))
      renameSync(`${copy}.away`, copy)
      const again = yield* open({ filename: copy })
      assert.deepStrictEqual(yield* again`SELECT n FROM t`, [{ n: 1 }])
    }).pipe(Effect.scoped)
  )
})

describe("the lock of a database", () => {
  const held = (filename: string) => `
    import { SqliteLock } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)}
    import { Effect } from "effect"
    Effect.runPromise(Effect.scoped(Effect.gen(function* () {
      yield* SqliteLock.hold(${JSON.stringify(filename)})
      console.log("held")
      yield* Effect.promise(() => new Promise(() => setInterval(() => {}, 1_000)))
    })))`

  it.live("is refused while another process holds it, by its name, and free when that is killed", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const other = yield* program(held(filename))
      const error = yield* Effect.flip(SqliteLock.hold(filename))
      assert.include(error.message, `${filename} is in use by ${isLinux ? "" : "another process"}`)
      if (isLinux) assert.include(error.message, `in use by a Node.js program (process ${other.pid})`)
      // Others may open the database meanwhile.
      yield* (yield* open({ filename }))`CREATE TABLE t (a)`
      yield* other.kill
      yield* SqliteLock.hold(filename)
      assert.match((yield* Effect.flip(SqliteLock.hold(filename))).message, /in use/)
    })
  )

  it.effect("ends with its scope", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const scope = yield* Scope.make()
      yield* Scope.provide(SqliteLock.hold(filename), scope)
      assert.isFalse(existsSync(`${SqliteLock.fileOf(filename)}-journal`))
      yield* Scope.close(scope, Exit.void)
      yield* SqliteLock.hold(filename)
      assert.strictEqual(statSync(SqliteLock.fileOf(filename)).mode & 0o777, 0o600)
    })
  )
})

describe("a write-ahead log that another process keeps from being folded in", () => {
  it.live("is told with the reader's name, and cut when the reader is gone, though nobody writes", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const sizes = yield* Queue.unbounded<SqliteClient.LogSize>()
      const sql = yield* open({
        filename,
        checkpoints: "thread",
        synchronous: "normal",
        maxLogSize: 80 * 2 ** 20,
        onLogSize: (size) => Queue.offer(sizes, size)
      })
      yield* sql`CREATE TABLE t (bytes BLOB)`
      yield* sql`INSERT INTO t VALUES ('a')`
      const reader = yield* program(`
        import { DatabaseSync } from "node:sqlite"
        const db = new DatabaseSync(${JSON.stringify(filename)})
        db.exec("BEGIN")
        db.prepare("SELECT count(*) FROM t").get()
        console.log("reads")
        setInterval(() => db.isTransaction, 1_000)`)
      const bytes = new Uint8Array(1_000_000)
      yield* Effect.replicateEffect(
        sql.withTransaction(Effect.replicateEffect(sql`INSERT INTO t VALUES (${bytes})`, 10)),
        10
      )
      const grown = yield* Queue.take(sizes)
      assert.isTrue(grown.isLong)
      assert.isAtLeast(grown.bytes, 80 * 2 ** 20)
      if (isLinux) assert.include(grown.heldBy.join(), `(process ${reader.pid})`)
      assert.isAtLeast(statSync(`${filename}-wal`).size, 100_000_000)

      yield* reader.kill
      assert.isFalse((yield* Queue.take(sizes)).isLong)
      assert.isAtMost(statSync(`${filename}-wal`).size, 64 * 2 ** 20)
    })
  )

  it.live("is cut by the writer's next commit where no thread looks after it", () =>
    Effect.gen(function* () {
      const filename = yield* file
      const sql = yield* open({ filename, synchronous: "normal" })
      yield* sql`CREATE TABLE t (bytes BLOB)`
      yield* sql`INSERT INTO t VALUES ('a')`
      const scope = yield* Scope.make()
      const reader = yield* Scope.provide(open({ filename, readonly: true }), scope)
      yield* reader`BEGIN`
      yield* reader`SELECT count(*) FROM t`
      yield* Effect.replicateEffect(sql`INSERT INTO t VALUES (${new Uint8Array(10_000_000)})`, 10)
      assert.isAtLeast(statSync(`${filename}-wal`).size, 100_000_000)
      yield* Scope.close(scope, Exit.void)
      yield* Effect.replicateEffect(sql`INSERT INTO t VALUES ('b')`, 2)
      assert.isAtMost(statSync(`${filename}-wal`).size, 64 * 2 ** 20)
    })
  )
})
