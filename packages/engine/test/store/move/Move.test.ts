import { describe, expect, it } from "@effect/vitest"
import { Context, DateTime, Effect, Fiber, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Inbox, Migrations, Move, Operations, SpotControl } from "../../../src/index.ts"
import { seal } from "../../../src/store/move/seal.ts"
import {
  databaseFile,
  layerFile,
  layerInboxSql,
  layerPostgres,
  layers,
  postgresDatabase,
  type Services
} from "../../databases.ts"
import { again, claim, claimOne, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, people, statuses, store } from "../../fixtures.ts"

/** Something of everything that there can be. */
const fill = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const sql = yield* SqlClient.SqlClient
  yield* Effect.forEach(
    Array.from({ length: 250 }, (_, index) => index),
    (index) =>
      store([{ liveId: `live-${index}`, member: `person-${index % 90}@example.com` }], {
        deliveryId: `delivery-${index}`,
        body: Uint8Array.from([0, 255, index])
      }),
    { concurrency: "unbounded" }
  )
  yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
  yield* settle(yield* claimOne, yield* again("1 hour"))
  yield* claimOne
  const control = yield* SpotControl.SpotControl
  yield* control.park("main", "live-9", DateTime.makeUnsafe(-1))
  yield* control.pause("another", "operator", "over the holidays")
  yield* inbox.accept(delivery({ deliveryId: "waits", traceparent: "00-a-b-01" }))
  yield* store([{ liveId: "live-1", member: "forgotten@example.com" }], { deliveryId: "forgotten" })
  yield* inbox.accept(repeating)
  yield* inbox.accept(anonymous)
  yield* operations.forget("forgotten@example.com")
  yield* sql`INSERT INTO reservations ${sql.insert([{ spot: "main", lane: 0, number: 1, started_at: 1, ends_at: 3 }])}`
})

const repeating = delivery({
  deliveryId: "waits",
  body: new Uint8Array([1]),
  release: { at: DateTime.makeUnsafe(7), by: "ops", verified: false }
})

const anonymous = delivery({ deliveryId: null })

/** A full SQLite database and an empty Postgres, and the move between them. */
const scene = Effect.gen(function* () {
  const source = yield* Layer.build(layerInboxSql.pipe(Layer.provideMerge(layerFile(yield* databaseFile))))
  const target = yield* Layer.build(layerPostgres(yield* postgresDatabase))
  yield* Effect.provide(fill, source)
  yield* Effect.provide(Migrations.migrate, target)
  const on =
    <R>(services: Context.Context<R>) =>
    <A, E>(effect: Effect.Effect<A, E, R>) =>
      Effect.provide(effect, services)
  const clients = {
    source: Context.get(source, SqlClient.SqlClient),
    target: Context.get(target, SqlClient.SqlClient)
  }
  /** The relay, with the target as its database. */
  const relay = Layer.build(Layer.provideMerge(layerInboxSql, Layer.succeedContext(target)))
  return {
    source: on<Services>(source),
    clients,
    relay: Effect.map(relay, (services) => on<Services>(services))
  }
})

const stats = Effect.all([statuses("webhooks"), statuses("invitations")])

const purge = Effect.gen(function* () {
  const operations = yield* Operations.Operations
  yield* TestClock.adjust("1 second")
  yield* Stream.runDrain(operations.purge({ before: yield* DateTime.now, all: true }))
})

const invitations = Operations.Operations.use((operations) =>
  operations.searchInvitations({}, { limit: 1_000 })
)

/** Breaks the move off after so many batches. */
const brokenOff = (clients: Pick<Move.Options, "source" | "target">, batches: number) => {
  let left = batches
  return Move.move({
    ...clients,
    onProgress: () => (left-- > 0 ? Effect.void : Effect.interrupt)
  }).pipe(Effect.forkChild, Effect.flatMap(Fiber.await))
}

/** A row, whatever the table requires of it otherwise. */
const addRow = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, table: string) {
  const columns = yield* sql<{
    name: string
    type: string
  }>`SELECT name, type FROM pragma_table_info(${table})`
  const row = columns.map(({ name, type }) => [
    name,
    type === "INTEGER" ? 1 : type === "BLOB" ? new Uint8Array() : ""
  ])
  // The row of an invitation has added its Live.
  yield* sql`INSERT INTO ${sql(table)} ${sql.insert([Object.fromEntries(row)])} ON CONFLICT DO NOTHING`
})

it.effect("a sealed database refuses each insert, update and delete, in all its tables", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const tables = yield* sql<{ name: string }>`SELECT name FROM sqlite_schema
      WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('settings', 'probes', 'live_counts', 'usher_migrations')`
    expect(tables.length).toBeGreaterThan(10)
    yield* sql`PRAGMA foreign_keys = OFF`
    // Without a row nothing is updated or deleted, and no trigger runs.
    for (const { name } of tables) yield* addRow(sql, name)
    yield* seal(sql, Move.tables)
    for (const { name } of tables) {
      for (const change of [
        sql`INSERT INTO ${sql(name)} SELECT * FROM ${sql(name)}`,
        sql`UPDATE ${sql(name)} SET rowid = rowid`,
        sql`DELETE FROM ${sql(name)}`
      ]) {
        expect([name, String((yield* Effect.flip(change)).cause)]).toEqual([
          name,
          expect.stringContaining("has moved")
        ])
      }
    }
  }).pipe(Effect.provide(layers["SQLite in memory"]))
)

describe("a move from SQLite to Postgres", () => {
  it.effect("takes everything over, and the relay goes on there as if nothing had been", () =>
    Effect.gen(function* () {
      const { source, clients, relay } = yield* scene
      const before = yield* source(Effect.all({ stats, invitations }))
      const moved = yield* Move.move(clients)
      const filled = moved.filter(({ rows }) => rows > 0)
      expect(filled.map(({ table, rows }) => [table, rows])).toEqual([
        ["people", 92],
        ["webhooks", 254],
        ["lives", 250],
        ["invitations", 251],
        ["webhook_invitations", 251],
        ["attempts", 2],
        ["attempt_invitations", 2],
        ["parked_lives", 1],
        ["spots", 2],
        ["reservations", 1],
        ["counts", expect.any(Number)]
      ])
      const there = yield* relay
      expect(yield* there(Effect.all({ stats, invitations }))).toEqual(before)
      expect(
        yield* there(Inbox.Inbox.use((inbox) => inbox.accept(delivery({ deliveryId: "waits" }))))
      ).toMatchObject({
        duplicate: true
      })
      for (const one of [repeating, anonymous]) {
        const accept = Inbox.Inbox.use((inbox) => inbox.accept(one))
        expect(yield* there(accept)).toMatchObject({ duplicate: true })
      }
      const stored = yield* there(
        Operations.Operations.use((operations) => operations.searchWebhooks({}, { limit: 500 }))
      )
      expect(stored.items.find(({ firstWebhookId }) => firstWebhookId !== null)).toMatchObject({
        deliveryId: "waits",
        release: { by: "ops", verified: false }
      })
      yield* there(store([{ liveId: "live-5", member: "Person-5@example.com" }], { deliveryId: "again" }))
      const [attempts] = yield* there(
        Effect.flatMap(Operations.Operations, (operations) =>
          Effect.flatMap(operations.searchInvitations({ status: ["invited"] }, { limit: 1 }), ({ items }) =>
            Effect.forEach(items, ({ id }) => operations.attempts(id))
          )
        )
      )
      expect(attempts).toMatchObject([{ number: 1, traceId: "trace-1" }])
      expect(yield* there(SpotControl.SpotControl.use((control) => control.all))).toMatchObject([
        { spot: "another", paused: { by: "operator", reason: "over the holidays" } },
        { spot: "main", paused: null }
      ])
      expect((yield* there(Effect.replicateEffect(claim(100), 3))).flat()).toHaveLength(246)
    }).pipe(Effect.scoped)
  )

  it.effect("leaves no table out", () =>
    Effect.gen(function* () {
      const { clients } = yield* scene
      const all = yield* clients.source<{ name: string }>`SELECT name FROM sqlite_schema
        WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('settings', 'probes', 'live_counts', 'usher_migrations')`
      const moved = yield* Move.move(clients)
      expect(moved.map(({ table }) => table).toSorted()).toEqual(all.map(({ name }) => name).toSorted())
    }).pipe(Effect.scoped)
  )

  it.effect("closes the database that it came from, and is not made twice", () =>
    Effect.gen(function* () {
      const { source, clients } = yield* scene
      yield* source(Inbox.Inbox.use((inbox) => inbox.check))
      yield* Move.move(clients)
      expect(String(yield* Effect.flip(source(Inbox.Inbox.use((inbox) => inbox.check))))).toMatch(/has moved/)
      expect(yield* clients.target`SELECT name FROM settings`).toEqual([{ name: "person_key" }])
      const error = yield* Effect.flip(source(store([alice], { deliveryId: "late" })))
      expect(String(error)).toMatch(/has moved/)
      expect(String(yield* Effect.flip(source(claim())))).toMatch(/has moved/)
      expect(String(yield* Effect.flip(source(purge)))).toMatch(/has moved/)
      const forget = Operations.Operations.use((operations) => operations.forget("person-1@example.com"))
      expect(String(yield* Effect.flip(source(forget)))).toMatch(/has moved/)
      const again = layerInboxSql.pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, clients.source)))
      expect(yield* Effect.flip(Layer.build(Layer.fresh(again)))).toMatchObject({ _tag: "InboxUnavailable" })
      expect(yield* Effect.flip(Move.move(clients))).toMatchObject({ _tag: "MoveRefused" })
      expect(yield* Effect.flip(Move.stay(clients.source))).toMatchObject({ _tag: "MoveRefused" })
    }).pipe(Effect.scoped)
  )

  it.effect("that is broken off leaves the source in use, and starts over when it is made again", () =>
    Effect.gen(function* () {
      const { source, clients, relay } = yield* scene
      yield* brokenOff(clients, 3)
      yield* source(store([alice], { deliveryId: "meanwhile" }))
      yield* brokenOff(clients, 6)
      yield* source(
        Operations.Operations.use((operations) => Stream.runDrain(operations.remap({ status: ["mapped"] })))
      )
      const before = yield* source(stats)
      const moved = yield* Move.move(clients)
      expect(moved).toContainEqual(expect.objectContaining({ table: "webhooks", rows: 255 }))
      expect(yield* (yield* relay)(stats)).toEqual(before)
    }).pipe(Effect.scoped)
  )

  it.effect("refuses a target that is in use, and touches nothing", () =>
    Effect.gen(function* () {
      const { source, clients, relay } = yield* scene
      const there = yield* relay
      yield* there(store(people(1), { deliveryId: "theirs" }))
      const error = yield* Effect.flip(Move.move(clients))
      expect(error).toMatchObject({ _tag: "MoveRefused" })
      expect(error.message).toMatch(/in use \(people, webhooks/)
      yield* source(store([alice], { deliveryId: "still works" }))
      expect(yield* there(claim())).toHaveLength(1)
    }).pipe(Effect.scoped)
  )

  it.effect("that was killed leaves the source closed until somebody says that it stays", () =>
    Effect.gen(function* () {
      const { source, clients } = yield* scene
      yield* clients.source`CREATE TRIGGER sealed_INSERT_webhooks BEFORE INSERT ON webhooks BEGIN SELECT RAISE(ABORT, 'has moved'); END`
      expect(String(yield* Effect.flip(source(store([alice], { deliveryId: "1" }))))).toMatch(/has moved/)
      yield* clients.source`INSERT INTO settings (name, value) VALUES ('sealed', 'has moved')`
      expect(yield* Move.stay(clients.source)).toBe(true)
      expect(yield* Move.stay(clients.source)).toBe(false)
      yield* source(store([alice], { deliveryId: "1" }))
    }).pipe(Effect.scoped)
  )
})
