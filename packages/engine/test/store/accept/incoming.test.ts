/** What makes two deliveries one webhook, on every kind of database. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Metric, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { createHmac, randomBytes } from "node:crypto"
import type { Webhook } from "@usher/model"
import { Import, Inbox, Reporting, type Mapped, Operations } from "../../../src/index.ts"
import { hashing, storedId } from "../../../src/store/accept/incoming.ts"
import { layers, onEach } from "../../databases.ts"
import { claim, claimOne, membersOf, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, store } from "../../fixtures.ts"

const text = (body: string) => new TextEncoder().encode(body)

/** A delivery whose sender gives no id. */
const anonymous = (fields?: Partial<Webhook.NewWebhook>) =>
  delivery({ deliveryId: null, body: text('{"email":"alice@example.com"}'), mappingVersion: "v1", ...fields })

/** Maps what waits as a mapper of this version would. */
const mapAll = Effect.fnUntraced(function* (
  invitations: ReadonlyArray<typeof alice>,
  terms: Partial<Mapped.Terms> = {}
) {
  const inbox = yield* Inbox.Inbox
  for (const webhook of yield* inbox.received(100)) {
    yield* inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main", ...terms })
  }
})

const rowCount = SqlClient.SqlClient.use(
  (sql) => sql<{ count: number }>`SELECT count(*) AS count FROM webhooks`
).pipe(Effect.map(([row]) => Number(row?.count)))

const resent = (id: string) =>
  Reporting.Reporting.use((insight) => insight.resent([id])).pipe(
    Effect.provide(Reporting.layerSql),
    Effect.map(([found]) => found?.times ?? 0)
  )

const bob = { ...alice, member: "bob@example.com" }

describe("the hash of a body", () => {
  it("is HMAC-SHA256 under a key derived from the database's", () => {
    const personKey = randomBytes(32).toString("base64")
    const key = createHmac("sha256", Buffer.from(personKey, "base64"))
      .update("usher: the content of a webhook")
      .digest()
    const hashOf = hashing(personKey)
    for (const size of [65_537, 65_536, 1_000, 65, 64, 63, 1, 0, 1_000_000]) {
      const body = randomBytes(size)
      expect(hashOf(body)).toBe(createHmac("sha256", key).update(body).digest("base64url").slice(0, 22))
    }
    expect(hashing(randomBytes(32).toString("base64"))(text("{}"))).not.toBe(hashOf(text("{}")))
  })
})

describe("an id that a database can't keep", () => {
  const hashOf = hashing(randomBytes(32).toString("base64"))

  it("is replaced by a hash of its code units, so that no two become equal", () => {
    const long = "x".repeat(256)
    const hostile = ["cut \ud83d", "cut \ud83c", "cut \ufffd", "a\u0000b", "a\u2400b", long, `${long}x`]
    expect(new Set(hostile.map((id) => storedId(id, hashOf))).size).toBe(hostile.length)
    for (const id of hostile) expect(storedId(id, hashOf).isWellFormed()).toBe(true)
    for (const id of ["msg_1", "ü", "😀", "x".repeat(255)]) expect(storedId(id, hashOf)).toBe(id)
    expect([storedId(null, hashOf), storedId("", hashOf)]).toEqual(["", ""])
  })

  it("is replaced by a keyed hash where an address may stand in it, so that nobody can read who it is", () => {
    const personal = [
      "alice@example.com",
      "form:alice@example.com",
      "alice%40example.com",
      "ALICE@example.com"
    ]
    const stored = personal.map((id) => storedId(id, hashOf))
    expect(new Set(stored).size).toBe(personal.length)
    for (const id of stored) expect(id).toMatch(/^keyed:[\w-]{22}$/)
    expect(storedId(personal[0] ?? "", hashing(randomBytes(32).toString("base64")))).not.toBe(stored[0])
  })
})

onEach((test) => {
  test("the same source, id and body are one webhook, for good", (inbox) =>
    Effect.gen(function* () {
      const first = yield* inbox.accept(delivery())
      yield* TestClock.adjust("60 days")
      expect(yield* inbox.accept(delivery())).toEqual({ id: first.id, duplicate: true })
      expect(yield* inbox.accept(delivery({ mappingVersion: "v2" }))).toEqual({
        id: first.id,
        duplicate: true
      })
      expect(yield* resent(first.id)).toBe(2)
      expect(yield* inbox.accept(delivery({ source: "other" }))).toMatchObject({ duplicate: false })
      expect(yield* rowCount).toBe(2)
    }))

  test("the same id with another body is a webhook of its own, linked to the first", (inbox, operations) =>
    Effect.gen(function* () {
      const bodies = ["ann", "ben", "cleo"].map(text)
      const ids: Array<string> = []
      for (const body of bodies) ids.push((yield* inbox.accept(delivery({ body }))).id)
      const [first = "", ...others] = ids
      expect((yield* inbox.received(9)).map(({ id, body }) => [id, body])).toEqual(
        ids.map((id, index) => [id, bodies[index]])
      )
      expect(yield* operations.webhook(first)).toMatchObject({
        firstWebhookId: null,
        deliveryId: "delivery-1"
      })
      for (const id of others) {
        expect(yield* operations.webhook(id)).toMatchObject({
          firstWebhookId: first,
          deliveryId: "delivery-1"
        })
      }
      for (const [index, body] of bodies.entries()) {
        expect(yield* inbox.accept(delivery({ body }))).toEqual({ id: ids[index], duplicate: true })
      }
      expect(yield* rowCount).toBe(3)
      expect(yield* operations.searchWebhooks({}, { limit: 9 })).toMatchObject({
        items: [{ firstWebhookId: first }, { firstWebhookId: first }, { firstWebhookId: null }]
      })
    }))

  test("content is compared where it is given, and the body is stored as it came", (inbox, operations) =>
    Effect.gen(function* () {
      const content = text('{"email":"alice@example.com"}')
      const body = text('{"email":"alice@example.com","attempt":1}')
      const first = yield* inbox.accept(delivery({ body, content }))
      const retry = { body: text('{"email":"alice@example.com","attempt":2}'), content }
      expect(yield* inbox.accept(delivery(retry))).toEqual({ id: first.id, duplicate: true })
      expect(yield* operations.webhook(first.id)).toMatchObject({ body })
    }))

  test("a retry is known after its body was purged, forgotten or edited", (inbox, operations) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const body = text(alice.member)
      const purged = yield* store([alice], { deliveryId: "purged", body })
      yield* TestClock.adjust("1 day")
      yield* Stream.runDrain(operations.purge({ before: yield* DateTime.now, all: true }))
      const forgotten = yield* store([alice], { deliveryId: "forgotten", body })
      const unnamed = yield* inbox.accept(anonymous({ body }))
      yield* mapAll([alice])
      yield* operations.forget(alice.member)
      const edited = yield* store([bob], { deliveryId: "edited", body: text("bob") })
      yield* sql`UPDATE webhooks SET body = ${text("another")} WHERE id = ${edited}`

      expect(yield* operations.webhook(purged)).toMatchObject({ status: "purged", body: new Uint8Array() })
      expect(yield* operations.webhook(forgotten)).toMatchObject({
        status: "forgotten",
        body: new Uint8Array()
      })
      const accepted = yield* Effect.forEach(
        [
          delivery({ deliveryId: "purged", body }),
          delivery({ deliveryId: "forgotten", body }),
          anonymous({ body }),
          delivery({ deliveryId: "edited", body: text("bob") })
        ],
        inbox.accept
      )
      expect(accepted).toEqual([purged, forgotten, unnamed.id, edited].map((id) => ({ id, duplicate: true })))
      expect(yield* inbox.accept(delivery({ deliveryId: "purged", body: text("bob") }))).toMatchObject({
        duplicate: false
      })
    }))

  test("purging delivery ids leaves the oldest that remains as the first", (inbox, operations) =>
    Effect.gen(function* () {
      const bodies = ["ann", "ben", "cleo", "dora"].map(text)
      const ids: Array<string> = []
      for (const body of bodies) {
        ids.push(yield* store([], { body }))
        yield* TestClock.adjust("1 day")
      }
      const before = DateTime.makeUnsafe(Duration.toMillis("1 day"))
      yield* Stream.runDrain(operations.purge({ before, all: true, deliveryIds: true }))
      const links = yield* Effect.forEach(ids, (id) =>
        Effect.map(operations.webhook(id), (webhook) => webhook?.firstWebhookId)
      )
      expect(links).toEqual([undefined, null, ids[1], ids[1]])
      for (const index of [1, 2, 3]) {
        expect(yield* inbox.accept(delivery({ body: bodies[index] ?? text("") }))).toEqual({
          id: ids[index],
          duplicate: true
        })
      }
      const again = yield* inbox.accept(delivery({ body: text("ann") }))
      expect(yield* operations.webhook(again.id)).toMatchObject({ firstWebhookId: ids[1] })
    }))

  test("ids that are ill-formed, hold NUL or are long never become equal", (inbox, operations) =>
    Effect.gen(function* () {
      const long = "x".repeat(5_000)
      const ids = ["cut \ud83d", "cut \ud83c", "cut \ufffd", "a\u0000b", "a\u2400b", long, `${long}x`]
      const accepted = yield* Effect.forEach(ids, (deliveryId) => inbox.accept(delivery({ deliveryId })), {
        concurrency: "unbounded"
      })
      expect(accepted.map(({ duplicate }) => duplicate)).toEqual(ids.map(() => false))
      for (const [index, deliveryId] of ids.entries()) {
        const id = accepted[index]?.id
        expect(yield* operations.webhook(id ?? "")).toMatchObject({ id, firstWebhookId: null })
        expect(yield* inbox.accept(delivery({ deliveryId }))).toEqual({ id, duplicate: true })
      }
    }))

  test("without an id, the same body is a retry for a day", (inbox, operations) =>
    Effect.gen(function* () {
      const first = yield* inbox.accept(anonymous())
      expect(yield* operations.webhook(first.id)).toMatchObject({ deliveryId: null, firstWebhookId: null })
      yield* TestClock.adjust("23 hours")
      expect(yield* inbox.accept(anonymous())).toEqual({ id: first.id, duplicate: true })
      yield* TestClock.adjust("1 hour")
      const second = yield* inbox.accept(anonymous())
      expect(second.duplicate).toBe(false)
      expect(yield* operations.webhook(second.id)).toMatchObject({ deliveryId: null, firstWebhookId: null })
      yield* TestClock.adjust("23 hours")
      expect(yield* inbox.accept(anonymous())).toEqual({ id: second.id, duplicate: true })
      expect(yield* inbox.accept(anonymous({ body: text("{}") }))).toMatchObject({ duplicate: false })
      expect(yield* inbox.accept(anonymous({ source: "other" }))).toMatchObject({ duplicate: false })
    }))

  test("without an id, the source's window is the one that counts", (inbox) =>
    Effect.gen(function* () {
      const fields = { dedupeWindow: Duration.minutes(10) }
      const first = yield* inbox.accept(anonymous(fields))
      yield* TestClock.adjust("599 seconds")
      expect(yield* inbox.accept(anonymous(fields))).toEqual({ id: first.id, duplicate: true })
      yield* TestClock.adjust("1 second")
      expect(yield* inbox.accept(anonymous(fields))).toMatchObject({ duplicate: false })
    }))

  test("without an id, the same body is a new sign-up once the mapping has changed", (inbox) =>
    Effect.gen(function* () {
      const first = yield* inbox.accept(anonymous())
      expect(yield* inbox.accept(anonymous({ mappingVersion: "v2" }))).toEqual({
        id: first.id,
        duplicate: true
      })
      yield* mapAll([alice], { mappingVersion: "v2" })
      expect(yield* inbox.accept(anonymous({ mappingVersion: "v2" }))).toEqual({
        id: first.id,
        duplicate: true
      })
      const december = yield* inbox.accept(anonymous({ mappingVersion: "v3" }))
      expect(december.duplicate).toBe(false)
      yield* mapAll([{ ...alice, liveId: "december" }], { mappingVersion: "v3" })
      expect(yield* inbox.accept(anonymous({ mappingVersion: "v3" }))).toEqual({
        id: december.id,
        duplicate: true
      })
      expect((yield* claim()).map(({ invitation }) => invitation.liveId).toSorted()).toEqual([
        "december",
        "live-1"
      ])
    }))

  test("without an id, a delivery that was released late is compared with the sign-ups around it", (inbox) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("10 days")
      const first = yield* inbox.accept(anonymous())
      const yesterday = DateTime.makeUnsafe(Duration.toMillis("9 days") + 1)
      expect(yield* inbox.accept(anonymous({ receivedAt: yesterday }))).toEqual({
        id: first.id,
        duplicate: true
      })
      const longAgo = yield* inbox.accept(anonymous({ receivedAt: DateTime.makeUnsafe(0) }))
      expect(longAgo.duplicate).toBe(false)
      expect(yield* inbox.accept(anonymous())).toEqual({ id: first.id, duplicate: true })
    }))

  test("64 equal deliveries at once are one webhook", (inbox) =>
    Effect.gen(function* () {
      for (const [index, one] of [delivery(), anonymous()].entries()) {
        const accepted = yield* Effect.forEach(
          Array.from({ length: 64 }, () => one),
          inbox.accept,
          {
            concurrency: "unbounded"
          }
        )
        expect(accepted.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
        const ids = [...new Set(accepted.map(({ id }) => id))]
        expect(ids).toHaveLength(1)
        expect(yield* resent(ids[0] ?? "")).toBe(63)
        expect(yield* rowCount).toBe(index + 1)
      }
    }))

  test("64 deliveries with one id and other bodies at once are 64 webhooks, all linked to one", (inbox) =>
    Effect.gen(function* () {
      const bodies = Array.from({ length: 64 }, (_, index) => text(`seat ${index}`))
      const accept = Effect.forEach(bodies, (body) => inbox.accept(delivery({ body })), {
        concurrency: "unbounded"
      })
      const accepted = yield* accept
      expect(accepted.filter(({ duplicate }) => duplicate)).toEqual([])
      const stored = yield* inbox.received(100)
      const firsts = stored.filter(({ firstWebhookId }) => firstWebhookId === null)
      expect(firsts).toHaveLength(1)
      expect(new Set(stored.map(({ firstWebhookId }) => firstWebhookId))).toEqual(
        new Set([null, firsts[0]?.id])
      )
      for (const [index, { id }] of accepted.entries()) {
        expect(stored.find((one) => one.id === id)?.body).toEqual(bodies[index])
      }
      expect(yield* accept).toEqual(accepted.map(({ id }) => ({ id, duplicate: true })))
    }))

  test("a release is kept with the webhook, and a retry of it changes nothing", (inbox, operations) =>
    Effect.gen(function* () {
      const at = DateTime.makeUnsafe(5_000)
      const released = yield* inbox.accept(delivery({ release: { at, by: "cli", verified: false } }))
      const first = yield* inbox.accept(delivery({ deliveryId: "2" }))
      yield* inbox.accept(delivery({ release: { at, by: "another", verified: true } }))
      yield* inbox.accept(delivery({ deliveryId: "2", release: { at, by: "another", verified: true } }))
      expect(yield* operations.webhook(released.id)).toMatchObject({
        release: { at, by: "cli", verified: false }
      })
      expect(yield* operations.webhook(first.id)).toMatchObject({ release: null })
      const second = yield* inbox.accept(
        delivery({ body: text("another"), release: { at, by: "ops", verified: true } })
      )
      expect(yield* operations.webhook(second.id)).toMatchObject({
        firstWebhookId: released.id,
        release: { at, by: "ops", verified: true }
      })
    }))

  test("fails a delivery that is not inserted and was not there, and stores the others", (inbox) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql.onDialectOrElse({
        pg: () =>
          Effect.andThen(
            sql`CREATE FUNCTION lose() RETURNS trigger AS $$ BEGIN IF NEW.delivery_id = 'lost' THEN RETURN NULL; END IF; RETURN NEW; END $$ LANGUAGE plpgsql`,
            sql`CREATE TRIGGER lose BEFORE INSERT ON webhooks FOR EACH ROW EXECUTE FUNCTION lose()`
          ),
        orElse: () =>
          sql`CREATE TRIGGER lose BEFORE INSERT ON webhooks WHEN NEW.delivery_id = 'lost' BEGIN SELECT RAISE(IGNORE); END`
      })
      const [kept, lost, another] = yield* Effect.forEach(
        ["kept", "lost", "another"],
        (deliveryId) => Effect.option(inbox.accept(delivery({ deliveryId }))),
        { concurrency: "unbounded" }
      )
      expect(lost).toEqual(Option.none())
      expect([kept, another].map((one) => one && Option.isSome(one))).toEqual([true, true])
      const error = yield* Effect.flip(inbox.accept(delivery({ deliveryId: "lost" })))
      expect(error).toBeInstanceOf(Inbox.InboxUnavailable)
      expect(yield* rowCount).toBe(2)
    }))

  test("a second webhook with a known id adds people, and restores no invitation", (_, operations) =>
    Effect.gen(function* () {
      const expiresAt = DateTime.makeUnsafe(1_000)
      yield* store([alice], { body: text("first") }, { expiresAt })
      yield* TestClock.adjust("2 seconds")
      expect(yield* claim()).toEqual([])
      const second = yield* store([alice, bob], { body: text("second") })
      expect((yield* operations.invitations(second)).map(({ member, status }) => [member, status])).toEqual([
        [alice.member, "expired"],
        [bob.member, "pending"]
      ])
      expect(membersOf(yield* claim())).toEqual([bob.member])
      yield* Stream.runDrain(operations.remap({ ids: [second], status: ["mapped"] }))
      yield* mapAll([alice, bob])
      expect(yield* claim()).toEqual([])
      yield* store([alice], { deliveryId: "a new one" })
      expect(membersOf(yield* claim())).toEqual([alice.member])
    }))

  test("a second webhook with a known id neither extends an invitation nor counts for reinviteAfter", (_, operations) =>
    Effect.gen(function* () {
      const expiresAt = DateTime.makeUnsafe(60_000)
      const reinviteAfter = Duration.seconds(1)
      const first = yield* store([alice, bob], { body: text("first") }, { expiresAt })
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* TestClock.adjust("10 seconds")
      yield* store([alice, bob], { body: text("second") }, { reinviteAfter })
      expect(yield* operations.invitations(first)).toMatchObject([
        { status: "invited", expiresAt },
        { status: "pending", expiresAt }
      ])
      yield* store([alice, bob], { deliveryId: "a new one" }, { reinviteAfter })
      expect(yield* operations.invitations(first)).toMatchObject([
        { status: "pending", expiresAt: null },
        { status: "pending", expiresAt: null }
      ])
    }))

  test("a sign-up counts, though a second webhook with a known id names the person in the same batch", (inbox) =>
    Effect.gen(function* () {
      yield* store([alice], { body: text("first") }, { expiresAt: DateTime.makeUnsafe(1_000) })
      yield* TestClock.adjust("2 seconds")
      yield* claim()
      yield* inbox.accept(delivery({ body: text("second") }))
      yield* inbox.accept(delivery({ deliveryId: "a new one" }))
      const waiting = yield* inbox.received(10)
      yield* Effect.forEach(
        waiting,
        (webhook) =>
          inbox.map(webhook, { status: "mapped", invitations: [alice], reason: null }, { spot: "main" }),
        { concurrency: "unbounded" }
      )
      expect(membersOf(yield* claim())).toEqual([alice.member])
    }))

  test("a second webhook with a known id invites nobody who was forgotten, and keeps nothing of them", (_, operations) =>
    Effect.gen(function* () {
      const first = yield* store([alice], { body: text("first") })
      yield* operations.forget(alice.member)
      yield* TestClock.adjust("1 hour")
      const second = yield* store([{ ...alice, liveId: "live-2" }, bob], { body: text("alice and bob") })
      expect(membersOf(yield* claim())).toEqual([bob.member])
      expect(yield* operations.webhook(second)).toMatchObject({ status: "forgotten", body: new Uint8Array() })
      expect(yield* operations.invitations(first)).toMatchObject([{ member: null, status: "cancelled" }])
      yield* store([alice], { deliveryId: "signs up again" })
      expect(membersOf(yield* claim())).toEqual([alice.member])
    }))

  test("a new sign-up with the body of an earlier one counts for reinviteAfter, and restores what expired", (inbox, operations) =>
    Effect.gen(function* () {
      const { id } = yield* inbox.accept(anonymous())
      yield* mapAll([alice, bob], { expiresAt: DateTime.makeUnsafe(1_000) })
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* TestClock.adjust("2 days")
      yield* claim()
      expect((yield* operations.invitations(id)).map(({ status }) => status)).toEqual(["invited", "expired"])
      expect(yield* inbox.accept(anonymous())).toMatchObject({ duplicate: false })
      yield* mapAll([alice, bob], { reinviteAfter: Duration.days(1) })
      expect(membersOf(yield* claim())).toEqual([alice.member, bob.member])
    }))

  test("the same import is a duplicate for a day", (inbox, operations) =>
    Effect.gen(function* () {
      const list = Import.webhook({ spot: "main", liveId: "live-1", members: [alice.member] })
      const first = yield* inbox.accept(list)
      expect(yield* operations.webhook(first.id)).toMatchObject({ deliveryId: null, source: "import" })
      yield* mapAll([alice])
      expect(yield* inbox.accept(list)).toEqual({ id: first.id, duplicate: true })
      yield* TestClock.adjust("1 day")
      expect(yield* inbox.accept(list)).toMatchObject({ duplicate: false })
    }))
})

describe("a repeated id", () => {
  it.effect("is counted by source", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      for (const body of ["ann", "ben", "ben", "cleo"]) yield* inbox.accept(delivery({ body: text(body) }))
      yield* inbox.accept(anonymous())
      const counted = (yield* Metric.snapshot).filter(({ id }) => id === "usher_webhooks_reused_id_total")
      expect(counted).toMatchObject([{ attributes: { source: "form" }, state: { count: 2 } }])
    }).pipe(
      Effect.provide(layers["SQLite in memory"]),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  )
})

/** Few of each, so that they often meet. */
const Drawn = Schema.Array(
  Schema.Struct({
    source: Schema.Literals(["form", "crm"]),
    deliveryId: Schema.NullOr(Schema.Literals(["1", "2", "cut \ud83d", "cut \ud83c"])),
    body: Schema.Literals(["ann", "ben", "cleo"]),
    mappingVersion: Schema.Literals(["v1", "v2"]),
    later: Schema.Literals([false, false, false, true])
  })
)

const sameBytes = (one: Uint8Array | undefined, other: Uint8Array) =>
  one !== undefined && Buffer.compare(one, other) === 0

describe.each(["SQLite in memory", "Postgres"] as const)("whatever is accepted on %s", (name) => {
  it.effect.prop(
    "is a row or a duplicate, and each id that was answered has exactly those bytes",
    [Drawn],
    ([drawn]) =>
      Effect.gen(function* () {
        const inbox = yield* Inbox.Inbox
        const operations = yield* Operations.Operations
        const rounds: Array<Array<(typeof drawn)[number]>> = [[]]
        for (const one of drawn) {
          if (one.later) rounds.push([])
          rounds.at(-1)?.push(one)
        }
        const all: Array<readonly [body: Uint8Array, Inbox.Accepted]> = []
        for (const round of rounds) {
          yield* TestClock.adjust("25 hours")
          const deliveries = round.map(({ source, deliveryId, body, mappingVersion }) =>
            delivery({ source, deliveryId, mappingVersion, body: text(body) })
          )
          const accepted = yield* Effect.forEach(deliveries, inbox.accept, { concurrency: "unbounded" })
          for (const [index, one] of accepted.entries()) all.push([deliveries[index]?.body ?? text(""), one])
          yield* mapAll([], { mappingVersion: "v1" })
        }
        expect(yield* rowCount).toBe(all.filter(([, { duplicate }]) => !duplicate).length)
        for (const [body, { id }] of all)
          expect(sameBytes((yield* operations.webhook(id))?.body, body)).toBe(true)
      }).pipe(Effect.provide(layers[name])),
    { arbitrary: { runs: name === "Postgres" ? 8 : 60 } }
  )
})
