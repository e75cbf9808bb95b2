/** A database from before the clients of a source shared its quarantine. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { Inbox, Migrations } from "../../src/index.ts"
import { databaseFile, layerFile, layerInboxSql, layerPostgres, postgresDatabase } from "../databases.ts"
import { all, by, mend, open } from "../refusing.ts"

const earlier = Effect.gen(function* () {
  const before = Object.fromEntries(Object.entries(Migrations.migrations).filter(([name]) => name < "0011"))
  yield* Migrator.make({})({ loader: Migrator.fromRecord(before), table: "usher_migrations" })
  const sql = yield* SqlClient.SqlClient
  const row = (id: string, digest: string) => ({
    id,
    source: "form",
    digest,
    sender: "standard-webhooks",
    first_at: 0,
    last_at: 0,
    times: 3,
    size: 2,
    reason: "NoSecretMatches",
    message: "no live secret gives the signature",
    method: "POST",
    target: "/webhooks/form",
    headers: JSON.stringify({ shown: { "content-type": "application/json", "webhook-id": id }, masked: {} }),
    body: new TextEncoder().encode("{}")
  })
  yield* sql`INSERT INTO quarantined ${sql.insert([row("qu_1", "a"), row("qu_2", "b")])}`
})

const upgraded = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const { quarantine, refuse, configure } = yield* open({ deliveries: 3 })
  expect((yield* quarantine.list({}, all)).items).toMatchObject([
    { id: "qu_2", times: 3, size: 2 },
    { id: "qu_1", times: 3, size: 2 }
  ])
  // What it has from earlier belongs to one client, which holds most.
  yield* refuse({ id: "new-1", client: "192.0.2.1" })
  yield* refuse({ id: "new-2", client: "192.0.2.2" })
  expect((yield* quarantine.list({}, all)).items.map(({ id }) => id)).toEqual([
    "qu_2",
    expect.stringMatching(/^qu_0/),
    expect.stringMatching(/^qu_0/)
  ])
  yield* configure(mend)
  expect(yield* quarantine.release({ all: true }, { ...by, unverified: true })).toMatchObject({ released: 3 })
  expect((yield* inbox.received(10)).map(({ deliveryId }) => deliveryId).toSorted()).toEqual([
    "new-1",
    "new-2",
    "qu_2"
  ])
}).pipe(Effect.scoped)

it.effect("a SQLite database keeps its quarantine", () =>
  Effect.gen(function* () {
    const database = layerFile(yield* databaseFile)
    yield* Effect.provide(earlier, database, { local: true })
    yield* Effect.provide(upgraded, Layer.provideMerge(layerInboxSql, database), { local: true })
  })
)

it.effect("a Postgres database keeps its quarantine", () =>
  Effect.gen(function* () {
    const database = layerPostgres(yield* postgresDatabase)
    yield* Effect.provide(earlier, database, { local: true })
    yield* Effect.provide(upgraded, Layer.provideMerge(layerInboxSql, database), { local: true })
  })
)
