import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Ref, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { closeSync, openSync, statSync, writeSync } from "node:fs"
import { Inbox, Operations } from "../../src/index.ts"
import * as Postgres from "../../src/store/postgres/Postgres.ts"
import { databaseFile, layerInboxSql, layerPostgres, postgresDatabase } from "../databases.ts"
import { claim, membersOf } from "../dispatching.ts"
import { delivery, layerInboxAt, people, store, eventually } from "../fixtures.ts"
import { networkTo } from "../network.ts"
import { startPostgres } from "../postgresServer.ts"

const accept = (deliveryId: string, size = 2) =>
  Inbox.Inbox.use((inbox) => inbox.accept(delivery({ deliveryId, body: new Uint8Array(size) })))

/** Fails for a reason that a person can act on, which is said. */
const failing = (deliveryId: string, message: RegExp, size?: number) =>
  Effect.map(Effect.flip(accept(deliveryId, size)), (error) => {
    expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
    expect(error.message).toMatch(message)
  })

const pragma = (text: string) => SqlClient.SqlClient.use((sql) => sql.unsafe(`PRAGMA ${text}`))

describe("on SQLite, accepting fails with a reason and goes on by itself, when", () => {
  it.effect("the disk is full", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        yield* accept("1")
        yield* pragma("max_page_count = 60")
        yield* failing("2", /full.*free some space/, 500_000)
        expect(yield* accept("3")).toMatchObject({ duplicate: false })
        yield* pragma("max_page_count = 4294967294")
        expect(yield* accept("2", 500_000)).toMatchObject({ duplicate: false })
      }).pipe(Effect.provide(layerInboxAt(filename)))
    })
  )

  it.effect("the file may not be written", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        yield* pragma("query_only = ON")
        yield* failing("1", /readonly.*permissions/)
        expect(yield* Effect.flip(Inbox.Inbox.use((inbox) => inbox.check))).toBeInstanceOf(
          Inbox.InboxUnavailable
        )
        yield* pragma("query_only = OFF")
        expect(yield* accept("1")).toMatchObject({ duplicate: false })
      }).pipe(Effect.provide(layerInboxAt(filename)))
    })
  )
})

it.effect("a damaged file is an error that says so, and no crash", () =>
  Effect.gen(function* () {
    const filename = yield* databaseFile
    const sizeWith = (webhooks: number) =>
      Effect.forEach(Array.from({ length: webhooks }), (_, index) => accept(`${index}`, 1_000), {
        concurrency: "unbounded"
      }).pipe(
        Effect.provide(layerInboxAt(filename)),
        Effect.map(() => statSync(filename).size)
      )
    // The schema stands before all webhooks and stays whole, so that the file can be opened.
    const start = yield* sizeWith(0)
    const end = yield* sizeWith(200)
    const file = openSync(filename, "r+")
    for (let at = start; at < end; at += 4096) writeSync(file, "damage".repeat(100), at)
    closeSync(file)
    yield* Effect.gen(function* () {
      const operations = yield* Operations.Operations
      const error = yield* Effect.flip(operations.searchWebhooks({ text: "x" }, { limit: 10 }))
      expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
      expect(error.message).toMatch(/malformed.*backup/)
    }).pipe(Effect.provide(layerInboxAt(filename)))
  })
)

it.live("Postgres stopped and started under load: refused meanwhile, nothing lost, and work goes on", () =>
  Effect.gen(function* () {
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => startPostgres({ durable: true })),
      (server) => Effect.promise(() => server.remove())
    )
    yield* Effect.gen(function* () {
      const acknowledged = yield* Ref.make<ReadonlyArray<string>>([])
      const refused = yield* Ref.make(0)
      const sender = Effect.fnUntraced(function* (name: number) {
        for (let at = 0; ; at++) {
          const id = `${name}-${at}`
          yield* accept(id).pipe(
            Effect.matchEffect({
              onFailure: (error) => {
                expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
                return Effect.andThen(
                  Ref.update(refused, (count) => count + 1),
                  Effect.sleep("10 millis")
                )
              },
              onSuccess: () => Ref.update(acknowledged, (all) => [...all, id])
            })
          )
        }
      })
      const load = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 16 }), (_, name) => sender(name), { concurrency: "unbounded" })
      )
      const reached = (ref: Ref.Ref<number>, count: number) =>
        Effect.repeat(Ref.get(ref), { until: (seen) => seen >= count, schedule: Schedule.spaced("5 millis") })
      const moreAcknowledged = Effect.gen(function* () {
        const before = (yield* Ref.get(acknowledged)).length
        yield* Effect.repeat(Ref.get(acknowledged), {
          until: (all) => all.length >= before + 100,
          schedule: Schedule.spaced("5 millis")
        })
      })
      for (let round = 0; round < 3; round++) {
        yield* moreAcknowledged
        const before = yield* Ref.get(refused)
        yield* Effect.promise(() => server.stop())
        yield* reached(refused, before + 20)
        yield* Effect.promise(() => server.start())
      }
      yield* moreAcknowledged
      yield* Fiber.interrupt(load)

      const sql = yield* SqlClient.SqlClient
      const stored = new Set(
        (yield* sql<{ delivery_id: string }>`SELECT delivery_id FROM webhooks`).map((row) => row.delivery_id)
      )
      expect((yield* Ref.get(acknowledged)).filter((id) => !stored.has(id))).toEqual([])
      yield* store(people(1), { deliveryId: "afterwards" })
      expect(membersOf(yield* claim())).toEqual(["person-0@example.com"])
    }).pipe(Effect.provide(Layer.provideMerge(layerInboxSql, layerPostgres(server.url))))
  })
)

it.live("connections that are lost without a word: refused in time, and new ones are made", () =>
  Effect.gen(function* () {
    const network = yield* networkTo(yield* postgresDatabase)
    // One to listen, and one for all the rest.
    const postgres = Postgres.layer({ url: Redacted.make(network.url), maxConnections: 2 })
    yield* Effect.gen(function* () {
      yield* accept("1")
      // A connection that is made later is not lost.
      yield* eventually(network.connections, (count) => count === 2)
      yield* network.lose
      yield* failing("2", /no response/)
      yield* Effect.retry(accept("2"), Schedule.spaced("100 millis"))
      yield* Inbox.Inbox.use((inbox) => inbox.check)
    }).pipe(Effect.ensuring(network.cut), Effect.provide(Layer.provideMerge(layerInboxSql, postgres)))
  }).pipe(Effect.scoped)
)
