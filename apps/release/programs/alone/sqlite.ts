/**
 * Opens a database whose checkpoints a thread makes, and waits until that thread has folded the write-ahead log into the
 * file. Commits would do so only at 64,000 pages.
 */
import { SqliteClient } from "@usher/sqlite"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folder = mkdtempSync(join(tmpdir(), "usher-checkpoints-"))
const filename = join(folder, "a.db")

const program = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE notes (bytes BLOB)`
  const write = sql`INSERT INTO notes VALUES (${new Uint8Array(5_000_000)})`
  yield* Effect.replicateEffect(write, 2, { discard: true })
  const size = Effect.sync(() => statSync(filename).size)
  yield* Effect.repeat(Effect.delay(size, "10 millis"), { until: (bytes) => bytes > 9_000_000 })
  return yield* sql`PRAGMA wal_autocheckpoint`
})

const Database = SqliteClient.layer({ filename, checkpoints: "thread" })
const [row] = await Effect.runPromise(program.pipe(Effect.provide(Database)))
rmSync(folder, { recursive: true })
console.log(JSON.stringify(row))
// Prints: {"wal_autocheckpoint":64000}
