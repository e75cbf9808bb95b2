/** What the database gets by chance can be repeated. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { SqliteClient } from "@usher/sqlite"
import { Inbox } from "../../src/index.ts"
import { RandomBytes, Writer } from "../../src/runtime/randomBytes.ts"
import { layerInboxSql } from "../databases.ts"
import { delivery } from "../fixtures.ts"

/** Not a copy of a database that is there. */
const layerNew = Layer.provideMerge(layerInboxSql, SqliteClient.layer({ filename: ":memory:" }))

const kept = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  yield* inbox.accept(delivery())
  const sql = yield* SqlClient.SqlClient
  const [key] = yield* sql<{ value: string }>`SELECT value FROM settings WHERE name = 'person_key'`
  const writers = yield* sql<{ writer: string }>`SELECT DISTINCT writer FROM counts`
  return { key: key?.value, writers: writers.map(({ writer }) => writer) }
})

it.effect("a new database's key and the writer of its counts are those that are provided", () =>
  Effect.gen(function* () {
    const { key, writers } = yield* kept.pipe(Effect.provide(layerNew))
    expect(key).toBe(Buffer.alloc(32, 7).toString("base64"))
    expect(writers).toEqual(["first"])
  }).pipe(
    Effect.provideService(RandomBytes, (size) => new Uint8Array(size).fill(7)),
    Effect.provideService(Writer, "first")
  )
)

it.effect("by default databases have keys of their own, and one process is one writer", () =>
  Effect.gen(function* () {
    const [first, second] = [
      yield* Effect.provide(kept, layerNew, { local: true }),
      yield* Effect.provide(kept, layerNew, { local: true })
    ]
    expect(Buffer.from(first.key ?? "", "base64")).toHaveLength(32)
    expect(second.key).not.toBe(first.key)
    expect(second.writers).toEqual(first.writers)
    expect(first.writers).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/)])
  })
)
