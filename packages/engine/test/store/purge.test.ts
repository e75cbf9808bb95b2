/** What goes of old data, and what stays. */
import { assert, describe, expect, it } from "@effect/vitest"
import { Array, DateTime, Effect, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Inbox, Operations } from "../../src/index.ts"
import { layerNoting } from "../countedClient.ts"
import { layerInboxSql, layerPostgres, layers, migratedPostgres, onEach } from "../databases.ts"
import { claim, claimOne, membersOf, settle, settlement, unavailable } from "../dispatching.ts"
import { alice, delivery, firstOf, people, store } from "../fixtures.ts"
import { changedMeanwhile, locksIn } from "../locked.ts"

const purge = (options: Operations.PurgeOptions) =>
  Operations.Operations.use((operations) =>
    Stream.runFold(
      operations.purge(options),
      () => 0,
      (sum, step) => sum + step
    )
  )

/** Stores an invitation that ends at once; the id of its webhook. */
const ended = Effect.fnUntraced(function* (liveId: string, deliveryId = liveId) {
  const webhook = yield* store([{ ...alice, liveId }], { deliveryId })
  yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
  return webhook
})

const idsOf = (table: string) =>
  SqlClient.SqlClient.use((sql) =>
    Effect.map(sql<{ id: string }>`SELECT id FROM ${sql(table)} ORDER BY id`, (rows) =>
      rows.map(({ id }) => id)
    )
  )

const statusOf = (id: string) =>
  Operations.Operations.use((operations) => Effect.map(operations.webhook(id), (webhook) => webhook?.status))

onEach((test) => {
  describe("purging", () => {
    test("takes what ended, or was received, before the time that is given", (_, operations) =>
      Effect.gen(function* () {
        const webhook = yield* ended("live-1")
        const before = yield* DateTime.now
        const after = DateTime.addDuration(before, "1 milli")
        expect(yield* operations.purgePlan({ before, all: true })).toMatchObject({
          invitations: 0,
          webhooks: 0
        })
        expect(yield* purge({ before, all: true })).toBe(0)
        const plan = { before: after, all: true } as const
        expect(yield* operations.purgePlan(plan)).toEqual({ invitations: 1, webhooks: 1, deliveryIds: 0 })
        const some = { before: after, invitations: ["rejected"], webhooks: ["mapped"] } as const
        expect(yield* operations.purgePlan(some)).toEqual({ invitations: 0, webhooks: 1, deliveryIds: 0 })
        expect(yield* purge({ before: after, all: true })).toBe(2)
        expect(yield* operations.invitations(webhook)).toEqual([])
        expect(yield* statusOf(webhook)).toBe("purged")
        expect(yield* purge({ before, all: true, deliveryIds: true })).toBe(0)
        expect(yield* purge({ before: after, all: true, deliveryIds: true })).toBe(1)
        for (const table of ["webhooks", "people", "attempts"]) expect(yield* idsOf(table)).toEqual([])
      }))

    test("and mapping again are planned for what is selected alone", (_, operations) =>
      Effect.gen(function* () {
        yield* ended("live-1")
        yield* store(people(2), { deliveryId: "2" })
        yield* TestClock.adjust("1 milli")
        expect(yield* operations.remapPlan({})).toMatchObject({ webhooks: 0, invitations: 0 })
        expect(yield* operations.remapPlan({ all: true })).toMatchObject({ webhooks: 0, invitations: 0 })
        const { webhooks, invitations } = yield* operations.remapPlan({
          status: ["mapped", "received", "held"]
        })
        expect(webhooks).toBe(2)
        expect(invitations).toBe((yield* idsOf("invitations")).length)
      }))

    test("keeps a person while they have another invitation", () =>
      Effect.gen(function* () {
        yield* ended("live-1")
        yield* ended("live-2")
        yield* TestClock.adjust("1 day")
        yield* store([{ ...alice, liveId: "live-3" }], { deliveryId: "3" })
        expect(yield* purge({ before: yield* DateTime.now, invitations: ["invited"] })).toBe(2)
        expect(membersOf(yield* claim())).toEqual([alice.member])
      }))

    test("keeps a call while somebody has a part in it, without what the upstream said of all", (inbox, operations) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const webhook = yield* store(people(2))
        const [first, second] = yield* claim()
        const { startedAt, duration, traceId } = yield* settlement({ status: "invited" })
        const claims = [yield* Effect.fromNullishOr(first), yield* Effect.fromNullishOr(second)] as const
        const outcomes = Array.map(claims, (claim, at) => ({
          claim,
          result: unavailable,
          next: { status: at === 0 ? "exhausted" : "rejected" } as const
        }))
        assert(Array.isArrayNonEmpty(outcomes))
        yield* inbox.settle({ startedAt, duration, traceId, outcomes })
        yield* sql`UPDATE attempts SET answer = 'two of them are blocked'`
        yield* TestClock.adjust("1 day")
        const before = yield* DateTime.now
        expect(yield* purge({ before, invitations: ["exhausted"] })).toBe(1)
        const left = yield* firstOf(operations.invitations(webhook))
        expect(yield* operations.attempts(left.id)).toMatchObject([{ answer: null }])
        expect(yield* purge({ before, invitations: ["rejected"] })).toBe(1)
        expect(yield* idsOf("attempts")).toEqual([])
      }))

    test("deletes a call that nobody has a part in, and keeps every other", () =>
      Effect.gen(function* () {
        yield* ended("live-1")
        yield* TestClock.adjust("1 day")
        const before = yield* DateTime.now
        const [first] = yield* idsOf("attempts")
        yield* ended("live-2")
        yield* purge({ before, all: true })
        const left = yield* idsOf("attempts")
        expect(left).toHaveLength(1)
        expect(left).not.toContain(first)
      }))

    test("counts the delivery ids that it then deletes", (_, operations) =>
      Effect.gen(function* () {
        yield* store([], { deliveryId: "nobody" })
        yield* ended("live-1")
        yield* TestClock.adjust("1 day")
        const before = yield* DateTime.now
        yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "stays" })
        yield* TestClock.adjust("1 day")
        const now = yield* DateTime.now
        const deleted = Effect.fnUntraced(function* (options: Operations.PurgeOptions) {
          const { deliveryIds } = yield* operations.purgePlan(options)
          const there = yield* idsOf("webhooks")
          yield* purge(options)
          return { counted: deliveryIds, deleted: there.length - (yield* idsOf("webhooks")).length }
        })
        const all = { all: true, deliveryIds: true } as const
        expect(yield* operations.purgePlan({ before: now, ...all })).toMatchObject({ deliveryIds: 2 })
        expect(yield* operations.purgePlan({ before: now, all: true })).toMatchObject({ deliveryIds: 0 })
        const mapped = { before, webhooks: ["mapped"], deliveryIds: true } as const
        expect(yield* deleted(mapped)).toEqual({ counted: 1, deleted: 1 })
        expect(yield* deleted({ before: now, webhooks: ["ignored"], deliveryIds: true })).toEqual({
          counted: 0,
          deleted: 0
        })
        expect(yield* deleted({ before: now, ...all })).toEqual({ counted: 1, deleted: 1 })
        expect(yield* deleted({ before: now, ...all })).toEqual({ counted: 0, deleted: 0 })
        expect(yield* idsOf("webhooks")).toHaveLength(1)
      }))

    test("takes the ids of deliveries that are empty, old and asked for nobody who is still there", () =>
      Effect.gen(function* () {
        const empty = yield* store([], { deliveryId: "empty" })
        const full = yield* ended("live-1")
        yield* TestClock.adjust("1 day")
        const before = yield* DateTime.now
        const later = yield* store([], { deliveryId: "later" })
        yield* TestClock.adjust("1 day")
        const inbox = yield* Inbox.Inbox
        const received = yield* inbox.accept(delivery({ deliveryId: "received" }))
        const now = yield* DateTime.now
        expect(yield* purge({ before: now, webhooks: ["mapped"] })).toBe(3)
        expect(yield* purge({ before, webhooks: ["mapped"], deliveryIds: true })).toBe(1)
        expect(yield* idsOf("webhooks")).toEqual([full, later, received.id].toSorted())
        expect(yield* statusOf(empty)).toBeUndefined()
      }))

    test("keeps a delivery that waits for its mapping, however old it is", (inbox) =>
      Effect.gen(function* () {
        const { id } = yield* inbox.accept(delivery())
        yield* TestClock.adjust("1000 days")
        expect(yield* purge({ before: yield* DateTime.now, all: true, deliveryIds: true })).toBe(0)
        expect(yield* statusOf(id)).toBe("received")
      }))

    test("makes the oldest of those that repeat a deleted id the first with it, each id for itself", (inbox) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const body = (text: string) => new TextEncoder().encode(text)
        const accepted = (deliveryId: string, text: string, source = "form") =>
          Effect.map(inbox.accept(delivery({ source, deliveryId, body: body(text) })), ({ id }) => id)
        const ids = [yield* accepted("a", "1"), yield* accepted("b", "1"), yield* accepted("a", "1", "other")]
        yield* sql`UPDATE webhooks SET status = 'ignored'`
        yield* TestClock.adjust("1 day")
        const before = yield* DateTime.now
        yield* TestClock.adjust("1 milli")
        const repeats: Array<string> = []
        for (const text of ["2", "3", "4"]) {
          for (const [id, source] of [
            ["a", "form"],
            ["b", "form"],
            ["a", "other"]
          ] as const) {
            repeats.push(yield* accepted(id, text, source))
            yield* TestClock.adjust("1 milli")
          }
        }
        const firsts = sql<{
          id: string
          first: string | null
        }>`SELECT id, first_webhook AS first FROM webhooks
          WHERE ${sql.in("id", repeats)} ORDER BY id`
        expect((yield* firsts).map(({ first }) => first)).toEqual([...ids, ...ids, ...ids])
        yield* purge({ before, webhooks: ["ignored"], deliveryIds: true })
        expect((yield* firsts).map(({ first }) => first)).toEqual([
          null,
          null,
          null,
          ...repeats.slice(0, 3),
          ...repeats.slice(0, 3)
        ])
      }))

    test("names no first for deliveries without an id", (inbox) =>
      Effect.gen(function* () {
        yield* inbox.accept(delivery({ deliveryId: "", body: new Uint8Array([1]) }))
        yield* SqlClient.SqlClient.use((sql) => sql`UPDATE webhooks SET status = 'ignored'`)
        yield* TestClock.adjust("1 day")
        expect(yield* purge({ before: yield* DateTime.now, all: true, deliveryIds: true })).toBe(1)
        expect(yield* idsOf("webhooks")).toEqual([])
      }))
  })
})

describe("purging that fails on the way", () => {
  it.effect("leaves all of its step", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const webhook = yield* ended("live-1")
      yield* TestClock.adjust("1 day")
      const before = yield* DateTime.now
      const operations = yield* Operations.Operations
      const kept = yield* operations.attempts((yield* firstOf(operations.invitations(webhook))).id)
      for (const table of ["people", "webhooks"]) {
        yield* sql.unsafe(
          `CREATE TRIGGER keep_${table} BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`
        )
      }
      yield* Effect.flip(purge({ before, all: true }))
      const { id } = yield* firstOf(operations.invitations(webhook))
      expect(yield* operations.attempts(id)).toEqual(kept)
      yield* sql`DROP TRIGGER keep_people`
      yield* purge({ before, invitations: ["invited"] })
      yield* Effect.flip(purge({ before, all: true, deliveryIds: true }))
      expect(yield* statusOf(webhook)).toBe("mapped")
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})

describe("purging on Postgres", () => {
  it.effect("locks the rows of each table by their ids, before it changes them", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      yield* Effect.gen(function* () {
        const inbox = yield* Inbox.Inbox
        yield* ended("live-1")
        yield* store([], { deliveryId: "repeated" })
        yield* TestClock.adjust("1 day")
        const before = yield* DateTime.now
        yield* inbox.accept(delivery({ deliveryId: "repeated", body: new Uint8Array([1]) }))
        log.length = 0
        yield* purge({ before, all: true, deliveryIds: true })
        expect(locksIn(log)).toEqual([
          "people by id",
          "invitations by id",
          "attempts by id",
          "webhooks by id",
          // Those that came since the first lock.
          "webhooks by id"
        ])
      }).pipe(Effect.provide(Layer.provideMerge(layerInboxSql, layerNoting(log))))
    }).pipe(Effect.provide(Layer.unwrap(Effect.map(migratedPostgres, layerPostgres))))
  )

  it.effect.each([
    ["was purged before", 0],
    ["repeats another", 1]
  ] as const)("holds no newer webhook while it waits for one that %s", ([, held]) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const inbox = yield* Inbox.Inbox
      yield* store([], { deliveryId: "1" })
      yield* inbox.accept(delivery({ deliveryId: "1", body: new Uint8Array([1]) }))
      yield* store([], { deliveryId: "2" })
      const ids = yield* idsOf("webhooks")
      yield* sql`UPDATE webhooks SET status = 'purged' WHERE id = ${ids[0]}`
      yield* TestClock.adjust("1 day")
      const before = yield* DateTime.now
      yield* changedMeanwhile(
        sql`SELECT id FROM webhooks WHERE id = ${ids[held]} FOR UPDATE`,
        purge({ before, all: true, deliveryIds: true }),
        sql`SELECT id FROM webhooks WHERE id >= ${ids[held]} FOR UPDATE NOWAIT`
      )
      expect(yield* idsOf("webhooks")).toEqual([ids[1]])
    }).pipe(Effect.provide(layers.Postgres))
  )

  it.effect("keeps a webhook that is mapped again while it waits for it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const id = yield* store([], { deliveryId: "1" })
      yield* TestClock.adjust("1 day")
      const before = yield* DateTime.now
      yield* changedMeanwhile(
        sql`SELECT id FROM webhooks FOR UPDATE`,
        purge({ before, all: true, deliveryIds: true }),
        sql`UPDATE webhooks SET status = 'received'`
      )
      expect(yield* statusOf(id)).toBe("received")
    }).pipe(Effect.provide(layers.Postgres))
  )

  it.effect("keeps an invitation that is replayed while it waits for the person", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const operations = yield* Operations.Operations
      const webhook = yield* ended("live-1")
      yield* TestClock.adjust("1 day")
      const before = yield* DateTime.now
      const purged = yield* changedMeanwhile(
        sql`SELECT id FROM people FOR UPDATE`,
        purge({ before, invitations: ["invited"] }),
        sql`UPDATE invitations SET status = 'pending', state = 'available', settled_at = NULL`
      )
      expect(purged).toBe(0)
      expect(yield* operations.invitations(webhook)).toMatchObject([
        { status: "pending", member: alice.member }
      ])
    }).pipe(Effect.provide(layers.Postgres))
  )
})
