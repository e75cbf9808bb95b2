/** What a mapping leaves behind: rows, people, counts, events and signals. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, PubSub } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Invitation } from "@usher/core"
import type { Webhook } from "@usher/model"
import type { Event } from "@usher/model/Event"
import { Inbox, type Mapped, Operations } from "../../../src/index.ts"
import { layersTelling, type Services, withPorts } from "../../databases.ts"
import { claim, claimOne, membersOf, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, store } from "../../fixtures.ts"
import { whileLocked } from "../../locked.ts"

const bob = { ...alice, member: "bob@example.com" }
const never = Number.MAX_SAFE_INTEGER
const text = (body: string) => new TextEncoder().encode(body)

const accept = Effect.fnUntraced(function* (fields: Partial<Webhook.NewWebhook>) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept(delivery(fields))
  return yield* Effect.fromNullishOr(yield* operations.webhook(id))
})

const map = (
  webhook: Webhook.Webhook,
  invitations: ReadonlyArray<Invitation.Invitation>,
  terms: Partial<Mapped.Terms> = {}
) =>
  Inbox.Inbox.use((inbox) =>
    inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main", ...terms })
  )

/** Of one person, the invitation as it is in the table. */
const rowOf = ({ liveId, member }: Invitation.Invitation) =>
  SqlClient.SqlClient.use(
    (sql) => sql<Record<string, unknown>>`SELECT i.* FROM invitations i JOIN people p ON p.id = i.person
      WHERE i.live_id = ${liveId} AND p.member = ${member}`
  ).pipe(
    Effect.map(([row]) =>
      Object.fromEntries(
        Object.entries(row ?? {}).map(([key, value]) => [
          key,
          typeof value === "bigint" ? Number(value) : value
        ])
      )
    )
  )

const counts = SqlClient.SqlClient.use(
  (sql) => sql<{ name: string; count: number }>`SELECT name, sum(count) AS count FROM counts
    WHERE span = 'hour' AND name <> 'accepted' GROUP BY name`
).pipe(Effect.map((rows) => Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]))))

/** Runs these statements of the database that is there. */
const each = (sqlite: string, postgres: ReadonlyArray<string>) =>
  SqlClient.SqlClient.use((sql) =>
    Effect.forEach(
      sql.onDialectOrElse({ pg: () => postgres, orElse: () => [sqlite] }),
      (statement) => sql.unsafe(statement),
      { discard: true }
    )
  )

describe.each(["SQLite in memory", "Postgres"] as const)("on %s", (name) => {
  const heard: Array<Event> = []
  const tell = (events: () => ReadonlyArray<Event>) => Effect.sync(() => void heard.push(...events()))
  const test = <A, E>(
    sentence: string,
    body: (
      inbox: Inbox.Inbox["Service"],
      operations: Operations.Operations["Service"]
    ) => Effect.Effect<A, E, Services>
  ) => it.effect(sentence, () => withPorts(body).pipe(Effect.provide(layersTelling(tell)[name])))

  test("an invitation is stored as its webhook asks for it", () =>
    Effect.gen(function* () {
      const webhook = yield* accept({ lane: "import", traceparent: "trace-1" })
      yield* TestClock.adjust("5 seconds")
      yield* map(
        webhook,
        [{ ...alice, invitedBySpotMemberId: "host\u0000", withEmailNotification: false }, bob],
        {
          expiresAt: DateTime.makeUnsafe(60_000)
        }
      )
      const row = {
        id: expect.stringMatching(/^inv_/),
        spot: "main",
        live_id: "live-1",
        source: "form",
        invited_by: "host\u2400",
        notify: 0,
        traceparent: "trace-1",
        created_at: 5_000,
        requested_at: 5_000,
        received_at: 0,
        expires_at: 60_000,
        status: "pending",
        lane: 3,
        state: "available",
        due_at: 5_000,
        attempts: 0,
        batch_key: "live-1 0  host\u2400"
      }
      expect(yield* rowOf(alice)).toMatchObject(row)
      expect(yield* rowOf(bob)).toMatchObject({
        ...row,
        invited_by: null,
        notify: null,
        batch_key: "live-1   "
      })
    }))

  test("who maps a webhook once more asks for its invitations now", () =>
    Effect.gen(function* () {
      const webhook = yield* accept({ lane: "replay" })
      yield* TestClock.adjust("5 seconds")
      yield* map(webhook, [alice])
      expect(yield* rowOf(alice)).toMatchObject({ received_at: 5_000, lane: 2, expires_at: never })
    }))

  test("an invitation that has expired is made anew for who asks again, and for nobody else", () =>
    Effect.gen(function* () {
      yield* store([alice, bob], { traceparent: "trace-1" }, { expiresAt: DateTime.makeUnsafe(1_000) })
      yield* TestClock.adjust("1 second")
      yield* claim()
      const before = yield* rowOf(bob)
      expect(before).toMatchObject({ status: "expired", settled_at: 1_000 })
      const webhook = yield* accept({ deliveryId: "2", lane: "import", traceparent: "trace-2" })
      yield* TestClock.adjust("1 second")
      yield* map(webhook, [alice])
      expect(yield* rowOf(alice)).toMatchObject({
        status: "pending",
        state: "available",
        due_at: 2_000,
        requested_at: 2_000,
        received_at: 1_000,
        attempts: 0,
        expires_at: never,
        lane: 3,
        settled_at: null,
        traceparent: "trace-2"
      })
      expect(yield* rowOf(bob)).toEqual(before)
    }))

  test("an invitation that has expired is not made anew by a webhook whose own time is over", () =>
    Effect.gen(function* () {
      const expiresAt = DateTime.makeUnsafe(1_000)
      yield* store([alice], {}, { expiresAt })
      yield* TestClock.adjust("1 second")
      yield* claim()
      yield* store([alice], { deliveryId: "2" }, { expiresAt })
      yield* store([alice], { deliveryId: "3" }, { expiresAt: DateTime.makeUnsafe(500) })
      expect(yield* rowOf(alice)).toMatchObject({ status: "expired", settled_at: 1_000 })
    }))

  test("a deadline moves to a later one only, of the invitation that waits", () =>
    Effect.gen(function* () {
      const minutes = (count: number) => ({ expiresAt: DateTime.makeUnsafe(count * 60_000) })
      yield* store([alice, bob], {}, minutes(2))
      yield* store([alice], { deliveryId: "2" }, minutes(1))
      expect(yield* rowOf(alice)).toMatchObject({ expires_at: 120_000 })
      yield* store([alice], { deliveryId: "3" }, minutes(3))
      expect(yield* rowOf(alice)).toMatchObject({ expires_at: 180_000, status: "pending" })
      expect(yield* rowOf(bob)).toMatchObject({ expires_at: 120_000 })
      for (const claimed of yield* claim()) yield* settle(claimed, yield* settlement({ status: "invited" }))
      yield* store([alice], { deliveryId: "4" }, minutes(4))
      expect(yield* rowOf(alice)).toMatchObject({ expires_at: 180_000, status: "invited" })
    }))

  test("nobody waits for an invitation that a webhook does not change", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice])
      const { id } = yield* rowOf(alice)
      const again = yield* whileLocked("invitations", String(id), store([alice], { deliveryId: "2" }))
      expect(yield* operations.invitations(again)).toMatchObject([{ id }])
    }))

  test("an invitation that still waits is not asked for anew, however long it has", () =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* TestClock.adjust("1 hour")
      yield* store([alice], { deliveryId: "2" }, { reinviteAfter: Duration.seconds(1) })
      expect(yield* rowOf(alice)).toMatchObject({ requested_at: 0, status: "pending" })
    }))

  test("of webhooks that are mapped together, the first makes the invitation", () =>
    Effect.gen(function* () {
      yield* store([], { deliveryId: "repeated" })
      const traced = (traceparent: string, deliveryId: string) =>
        accept({ traceparent, deliveryId, body: text(traceparent) })
      const mapTogether = (webhooks: ReadonlyArray<Webhook.Webhook>, invitation: Invitation.Invitation) =>
        Effect.forEach(webhooks, (webhook) => map(webhook, [invitation]), { concurrency: "unbounded" })
      yield* mapTogether([yield* traced("first", "1"), yield* traced("second", "2")], alice)
      yield* mapTogether([yield* traced("third", "repeated"), yield* traced("fourth", "repeated")], bob)
      expect(yield* rowOf(alice)).toMatchObject({ traceparent: "first" })
      expect(yield* rowOf(bob)).toMatchObject({ traceparent: "third" })
    }))

  test("is counted and told, and wakes the dispatchers where somebody is to be invited", (inbox) =>
    Effect.gen(function* () {
      const due = yield* inbox.signals("due")
      const webhook = yield* accept({ deliveryId: "1" })
      const other = yield* accept({ deliveryId: "2" })
      heard.length = 0
      yield* inbox.map(other, { status: "ignored", reason: "no" }, { spot: "main" })
      expect(heard.splice(0)).toEqual([{ type: "webhook", id: other.id, source: "form", status: "ignored" }])
      expect(yield* PubSub.takeUpTo(due, 9)).toEqual([])
      expect(yield* counts).toEqual({ ignored: 1 })

      yield* map(webhook, [alice])
      const told = { type: "webhook", id: webhook.id, source: "form", status: "mapped" }
      const { id } = yield* claimOne
      expect(heard.splice(0)).toEqual([
        told,
        { type: "invitation", id, spot: "main", liveId: "live-1", status: "pending" }
      ])
      expect(yield* PubSub.takeUpTo(due, 9)).toEqual(["due"])
      expect(yield* counts).toEqual({ ignored: 1, mapped: 1, requested: 1 })

      const again = yield* store([alice], { deliveryId: "3" })
      expect(heard.filter(({ type }) => type === "invitation")).toEqual([])
      expect(heard).toContainEqual({ ...told, id: again })
      expect(yield* counts).toEqual({ ignored: 1, mapped: 2, requested: 1 })
    }).pipe(Effect.scoped))

  test("an invitation that another relay has made meanwhile is the webhook's", (_, operations) =>
    Effect.gen(function* () {
      const columns =
        "spot, live_id, person, source, created_at, requested_at, expires_at, status, lane, due_at, attempts, batch_key"
      const values = columns.replaceAll(/\w+/g, "NEW.$&")
      const insert = `INSERT INTO invitations (id, ${columns}) VALUES ('inv_other', ${values});`
      yield* each(
        `CREATE TRIGGER other BEFORE INSERT ON invitations WHEN NEW.id <> 'inv_other' BEGIN ${insert} END`,
        [
          `CREATE FUNCTION other() RETURNS trigger AS $$ BEGIN IF NEW.id <> 'inv_other' THEN ${insert} END IF; RETURN NEW; END $$ LANGUAGE plpgsql`,
          `CREATE TRIGGER other BEFORE INSERT ON invitations FOR EACH ROW EXECUTE FUNCTION other()`
        ]
      )
      yield* store([], { deliveryId: "0" })
      const id = yield* store([alice])
      expect(yield* operations.invitations(id)).toMatchObject([{ id: "inv_other" }])
      expect(yield* counts).toEqual({ mapped: 2 })
    }))

  test("an invitation that the database does not store is nobody's", (_, operations) =>
    Effect.gen(function* () {
      yield* each(
        `CREATE TRIGGER lose BEFORE INSERT ON invitations WHEN NEW.live_id = 'lost' BEGIN SELECT RAISE(IGNORE); END`,
        [
          `CREATE FUNCTION lose() RETURNS trigger AS $$ BEGIN IF NEW.live_id = 'lost' THEN RETURN NULL; END IF; RETURN NEW; END $$ LANGUAGE plpgsql`,
          `CREATE TRIGGER lose BEFORE INSERT ON invitations FOR EACH ROW EXECUTE FUNCTION lose()`
        ]
      )
      const id = yield* store([alice, { ...alice, liveId: "lost" }])
      expect(yield* operations.invitations(id)).toMatchObject([{ liveId: "live-1" }])
      expect(yield* counts).toEqual({ mapped: 1, requested: 1 })
    }))

  test("that the database refuses leaves the webhook to be mapped", (inbox) =>
    Effect.gen(function* () {
      const webhook = yield* accept({})
      const sql = yield* SqlClient.SqlClient
      yield* sql`DROP TABLE webhook_invitations`
      expect(yield* Effect.flip(map(webhook, [alice]))).toBeInstanceOf(Inbox.InboxUnavailable)
      expect(yield* inbox.received(9)).toHaveLength(1)
      expect(yield* rowOf(alice)).toEqual({})
    }))

  test("a person keeps the spelling of the first webhook", () =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* store([{ liveId: "live-2", member: "ALICE@example.com" }], { deliveryId: "2" })
      expect(membersOf(yield* claim())).toEqual([alice.member, alice.member])
    }))

  test("what a webhook said before its person was forgotten invites nobody, until they sign up again", (_, operations) =>
    Effect.gen(function* () {
      const live = (liveId: string) => ({ ...alice, liveId })
      yield* store([alice, bob])
      const [early, earlier] = [
        yield* accept({ deliveryId: "early" }),
        yield* accept({ deliveryId: "earlier" })
      ]
      yield* TestClock.adjust("1 second")
      yield* operations.forget(alice.member)
      yield* map(early, [live("live-2")])
      expect(yield* operations.webhook(early.id)).toMatchObject({
        status: "forgotten",
        body: new Uint8Array()
      })
      expect(yield* operations.invitations(early.id)).toEqual([])

      yield* store([live("live-3")], { deliveryId: "at that time" })
      yield* map(earlier, [live("live-4")])
      expect(yield* operations.invitations(earlier.id)).toMatchObject([
        { liveId: "live-4", member: alice.member }
      ])
      expect(membersOf(yield* claim()).toSorted()).toEqual([alice.member, alice.member, bob.member])
    }))

  test("a webhook that names somebody who was forgotten invites the others, and keeps nothing", (_, operations) =>
    Effect.gen(function* () {
      const webhook = yield* accept({ body: text(`{"to":["${alice.member}","${bob.member}"]}`) })
      expect(yield* operations.forget(alice.member)).toMatchObject({ waiting: 1 })
      yield* map(webhook, [bob])
      expect(membersOf(yield* claim())).toEqual([bob.member])
      expect(yield* operations.webhook(webhook.id)).toMatchObject({
        status: "forgotten",
        body: new Uint8Array()
      })
    }))
})
