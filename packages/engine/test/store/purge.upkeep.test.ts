import { assert, expect } from "@effect/vitest"
import { Array, DateTime, Duration, Effect, Fiber, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Inbox } from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { claim, claimOne, membersOf, settle, settlement, unavailable } from "../dispatching.ts"
import { alice, delivery, people, store } from "../fixtures.ts"

const sum = Stream.runFold(
  () => 0,
  (sum: number, step: number) => sum + step
)

/** Everybody that is due ends so. */
const settleAll = Effect.fnUntraced(function* (status: "invited" | "rejected" | "exhausted") {
  const { startedAt, duration, traceId } = yield* settlement({ status })
  const inbox = yield* Inbox.Inbox
  for (let claims = yield* claim(100); claims.length > 0; claims = yield* claim(100)) {
    assert(Array.isReadonlyArrayNonEmpty(claims))
    const outcomes = Array.map(claims, (claim) => ({ claim, result: unavailable, next: { status } as const }))
    yield* inbox.settle({ startedAt, duration, traceId, outcomes })
  }
})

const count = (table: string) =>
  SqlClient.SqlClient.use((sql) => sql<{ count: number }>`SELECT count(*) AS count FROM ${sql(table)}`).pipe(
    Effect.map(([row]) => Number(row?.count))
  )

/** Every text in every table. */
const everything = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = [
    "people",
    "webhooks",
    "invitations",
    "webhook_invitations",
    "attempts",
    "attempt_invitations"
  ]
  const rows = yield* Effect.forEach(tables, (table) => sql`SELECT * FROM ${sql(table)}`)
  return rows
    .flat()
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)))
    .join("\n")
})

const text = (body: string) => new TextEncoder().encode(body)

onEach((test) => {
  test("plans a replay, and replays dead letters in their own lane, as if they were new", (_, operations) =>
    Effect.gen(function* () {
      yield* store(people(250), { deliveryId: "1" })
      yield* store([{ liveId: "live-2", member: "person-0@example.com" }], { deliveryId: "2" })
      yield* settleAll("rejected")
      yield* store([alice], { deliveryId: "3" })
      yield* TestClock.adjust("5 days")
      expect(yield* operations.plan({ all: true })).toEqual({
        invitations: 251,
        people: 250,
        lives: 2,
        spots: ["main"],
        parked: 0,
        calls: 4,
        duration: Duration.zero,
        asOf: yield* DateTime.now
      })
      expect(yield* operations.plan({ status: ["invited", "pending"] })).toMatchObject({
        invitations: 0,
        calls: 0
      })
      expect(yield* operations.plan({})).toMatchObject({ invitations: 0 })
      expect(yield* sum(operations.replay({}))).toBe(0)
      expect(yield* sum(operations.replay({ live: "live-1" }))).toBe(250)
      expect(yield* sum(operations.replay({ live: "live-1" }))).toBe(0)
      expect(membersOf(yield* claim(1))).toEqual([alice.member])
      expect(yield* claimOne).toMatchObject({ lane: "replay", attempt: 1, requestedAt: yield* DateTime.now })
      const [other] = (yield* operations.searchInvitations({ live: "live-2" }, { limit: 1 })).items
      expect(yield* sum(operations.replay({ ids: [other?.id ?? ""] }))).toBe(1)
    }))

  test("does not replay what is past its deadline", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice], {}, { expiresAt: DateTime.makeUnsafe(60_000) })
      yield* settleAll("exhausted")
      yield* TestClock.adjust("1 second")
      expect(yield* operations.plan({ all: true })).toMatchObject({ invitations: 1 })
      yield* TestClock.adjust("1 minute")
      expect(yield* operations.plan({ all: true })).toMatchObject({ invitations: 0 })
      expect(yield* sum(operations.replay({ all: true }))).toBe(0)
    }))

  test("has unmappable webhooks mapped again, after those that come now", (inbox, operations) =>
    Effect.gen(function* () {
      const { id } = yield* inbox.accept(delivery({ deliveryId: "1" }))
      const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
      yield* inbox.map(webhook, { status: "unmappable", reason: "no address" }, { spot: "main" })
      expect(yield* sum(operations.remap({ text: "nothing of it" }))).toBe(0)
      expect(yield* sum(operations.remap({}))).toBe(0)
      expect(yield* sum(operations.remap({ all: true }))).toBe(1)
      yield* inbox.accept(delivery({ deliveryId: "2" }))
      const [now, second] = yield* inbox.received(10)
      const again = yield* Effect.fromNullishOr(second)
      expect(now).toMatchObject({ deliveryId: "2", lane: "live" })
      expect(again).toMatchObject({ id, lane: "replay", reason: null })
      yield* inbox.map(again, { status: "mapped", invitations: [alice], reason: null }, { spot: "main" })
      expect(yield* claimOne).toMatchObject({ lane: "replay" })
    }))

  test("lets go of what is old and has ended, and still knows its deliveries", (inbox, operations) =>
    Effect.gen(function* () {
      const old = yield* store(people(3), { deliveryId: "1" })
      yield* settleAll("invited")
      const waits = yield* store([alice], { deliveryId: "2" })
      yield* TestClock.adjust("90 days")
      const now = yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "3" })
      const before = yield* DateTime.now
      expect(yield* sum(operations.purge({ before, invitations: ["rejected"] }))).toBe(0)
      expect(yield* sum(operations.purge({ before }))).toBe(0)
      expect(yield* sum(operations.purge({ before, deliveryIds: true }))).toBe(0)
      expect(yield* sum(operations.purge({ before, all: true }))).toBe(5)
      expect(yield* operations.invitations(old)).toEqual([])
      expect(yield* operations.invitations(waits)).toHaveLength(1)
      expect(yield* operations.webhook(old)).toMatchObject({
        status: "purged",
        body: new Uint8Array(),
        headers: {}
      })
      expect(yield* operations.webhook(now)).toMatchObject({ status: "mapped", body: text("{}") })
      for (const table of ["attempts", "attempt_invitations"]) expect(yield* count(table)).toBe(0)
      expect(yield* count("people")).toBe(1)
      expect(yield* inbox.accept(delivery({ deliveryId: "1" }))).toEqual({ id: old, duplicate: true })
      expect(yield* sum(operations.purge({ before, all: true, deliveryIds: true }))).toBe(1)
      expect(yield* inbox.accept(delivery({ deliveryId: "1" }))).toMatchObject({ duplicate: false })
    }))

  test("deletes what was received and has ended before a moment, to the millisecond", (_, operations) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 second")
      yield* store(people(1))
      yield* settleAll("invited")
      const purge = (before: number) =>
        sum(operations.purge({ before: DateTime.makeUnsafe(before), all: true }))
      expect(yield* purge(1_000)).toBe(0)
      expect(yield* purge(1_001)).toBe(2)
    }))

  test("forgets a person everywhere, and knows a duplicate still", (inbox, operations) =>
    Effect.gen(function* () {
      const bob = { ...alice, member: "bob@example.com" }
      const body = text('{"email":"alice@example.com","name":"Alice"}')
      const first = yield* store([alice, bob], { deliveryId: "1", body })
      yield* settleAll("invited")
      const second = yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2", body })
      const held = yield* claimOne
      const ignored = yield* inbox.accept(
        delivery({ deliveryId: "3", body: text("ALICE@example.com, not today") })
      )
      const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(ignored.id))
      yield* inbox.map(webhook, { status: "ignored", reason: "not today" }, { spot: "main" })
      const bobs = yield* store([{ ...bob, liveId: "live-3" }], { deliveryId: "4", body: text("bob") })

      const plan = yield* operations.forgetPlan("Alice@Example.com")
      expect(yield* operations.forget("Alice@Example.com")).toEqual(plan)
      expect(plan).toMatchObject({ invitations: 2, cancelled: 1, attempts: 1, webhooks: 3, waiting: 0 })
      expect(yield* everything).not.toMatch(/alice/i)
      expect(yield* settle(held, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* operations.invitations(second)).toMatchObject([{ member: null, status: "cancelled" }])
      expect(yield* operations.invitations(first)).toMatchObject([{ member: null }, { member: bob.member }])
      expect(yield* operations.webhook(bobs)).toMatchObject({ status: "mapped" })

      expect(yield* inbox.accept(delivery({ deliveryId: "1", body }))).toEqual({ id: first, duplicate: true })
      yield* store([alice], { deliveryId: "5" })
      expect(
        (yield* operations.searchInvitations({ person: alice.member }, { limit: 9 })).items
      ).toHaveLength(2)
      expect(membersOf(yield* claim())).toEqual([bob.member])
      yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "6" })
      expect(membersOf(yield* claim())).toEqual([alice.member])
      expect(
        Object.values(yield* operations.forget("nobody@example.com")).every((count) => count === 0)
      ).toBe(true)
    }))

  test("leaves out who was forgotten before the mapping, and invites the others in the webhook", (inbox, operations) =>
    Effect.gen(function* () {
      const bob = { ...alice, member: "bob@example.com" }
      const accept = Effect.fnUntraced(function* (deliveryId: string, body: string) {
        const { id } = yield* inbox.accept(delivery({ deliveryId, body: text(body) }))
        return yield* Effect.fromNullishOr(yield* operations.webhook(id))
      })
      const both = yield* accept("both", '["alice@example.com", "bob@example.com"]')
      const escaped = yield* accept("escaped", '["alice\\u0040example.com"]')
      const other = yield* accept("other", '{"contact": "alice@example.com"}')
      yield* TestClock.adjust("1 second")
      expect(yield* operations.forget("alice@example.com ")).toMatchObject({
        invitations: 0,
        webhooks: 0,
        waiting: 3
      })

      const terms = { spot: "main" }
      yield* inbox.map(both, { status: "mapped", invitations: [alice, bob], reason: null }, terms)
      yield* inbox.map(escaped, { status: "mapped", invitations: [alice], reason: null }, terms)
      yield* inbox.map(other, { status: "unmappable", reason: "no address" }, terms)
      expect(membersOf(yield* claim())).toEqual([bob.member])
      for (const { id } of [both, escaped, other]) {
        expect(yield* operations.webhook(id)).toMatchObject({ status: "forgotten", body: new Uint8Array() })
      }
      expect(yield* everything).not.toMatch(/alice/)
    }))

  test("sends to who was forgotten before it was sent, and signs up again", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: "1" })
      yield* operations.forget(alice.member)
      expect(yield* claim()).toEqual([])
      yield* store([alice], { deliveryId: "2" })
      expect(membersOf(yield* claim())).toEqual([alice.member])
    }))

  test("goes on accepting while it replays and purges", (inbox, operations) =>
    Effect.gen(function* () {
      yield* Effect.forEach([0, 1, 2], (at) =>
        store(
          Array.makeBy(1_000, (index) => ({
            liveId: `live-${at}`,
            member: `p${index}@example.com`
          })),
          { deliveryId: `all-${at}` }
        )
      )
      yield* settleAll("rejected")
      const upkeep = yield* sum(operations.replay({ all: true })).pipe(
        Effect.andThen(sum(operations.purge({ before: DateTime.makeUnsafe(1), all: true }))),
        Effect.forkChild
      )
      let accepted = 0
      while (upkeep.pollUnsafe() === undefined) {
        yield* inbox.accept(delivery({ deliveryId: `${accepted++}` }))
      }
      yield* Fiber.join(upkeep)
      expect(accepted).toBeGreaterThan(5)
    }))
})
