import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import { Delivery, Secret, type Sender, Senders } from "@usher/signatures"
import type { Webhook } from "@usher/model"
import { Import, Inbox, Migrations, Move, Operations } from "../../src/index.ts"
import { databaseFile, layerFile, layerInboxSql, layerPostgres, postgresDatabase } from "../databases.ts"
import { formerDatabase } from "./formerDatabase.ts"
import { alice, delivery, layerInboxAt, makeSource } from "../fixtures.ts"

const text = (body: string) => new TextEncoder().encode(body)

const sha256 = (body: Uint8Array) => createHash("sha256").update(body).digest("hex")

const list = Import.webhook({ spot: "main", liveId: "live-1", members: [alice.member] })

/** A database that was made before `body_hash` was kept: a row of each kind that a retry may be of. */
const beforeHashes = Effect.gen(function* () {
  yield* formerDatabase
  const sql = yield* SqlClient.SqlClient
  const webhook = (id: string, delivery_id: string, body: Uint8Array, others: Record<string, unknown> = {}) =>
    sql`INSERT INTO webhooks ${sql.insert({ id, source: "form", delivery_id, sender: "typeform", status: "mapped", lane: 0, received_at: 1, traceparent: null, headers: "{}", body, mapping_version: "v1", body_hash: "", ...others })}`
  yield* webhook("wh_1", "with its body", text("ann"), { resent: 2, resent_at: 1 })
  yield* webhook("wh_2", "purged", new Uint8Array(), { status: "purged" })
  yield* webhook("wh_3", "forgotten", new Uint8Array(), { status: "forgotten" })
  yield* webhook("wh_4", sha256(text("ben")), text("ben"), { status: "received", mapping_version: null })
  yield* webhook("wh_5", sha256(text("cleo")), text("cleo"))
  yield* webhook("wh_6", `sha256:${sha256(list.body)}`, list.body, { source: "import", sender: "import" })
  yield* sql`INSERT INTO people ${sql.insert({ id: "person", member: alice.member, forgotten_at: null })}`
  yield* sql`INSERT INTO invitations ${sql.insert({ id: "inv_1", spot: "main", live_id: "live-1", person: "person", source: "form", created_at: 1, asked_at: 1, expires_at: Number.MAX_SAFE_INTEGER, status: "invited", lane: 0, ready: null, due_at: 1, attempts: 1, settled_at: 2, batch: "live-1   " })}`
  yield* sql`INSERT INTO webhook_invitations ${sql.insert({ webhook_id: "wh_1", invitation_id: "inv_1" })}`
})

const knows = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const accept = (deliveryId: string | null, body: string, others: Partial<Webhook.NewWebhook> = {}) =>
    inbox.accept(delivery({ deliveryId, body: text(body), mappingVersion: "v1", ...others }))
  const duplicateOf = (id: string) => ({ id, duplicate: true })
  expect(yield* operations.webhook("wh_1")).toMatchObject({
    deliveryId: "with its body",
    body: text("ann"),
    firstWebhookId: null,
    release: null,
    receivedBy: null
  })
  expect(yield* operations.invitations("wh_1")).toMatchObject([{ id: "inv_1", member: alice.member }])

  expect(yield* accept("with its body", "ann")).toEqual(duplicateOf("wh_1"))
  expect(yield* accept("purged", "whatever it was")).toEqual(duplicateOf("wh_2"))
  expect(yield* accept("forgotten", "whatever it was")).toEqual(duplicateOf("wh_3"))
  const other = yield* accept("with its body", "another")
  expect(yield* operations.webhook(other.id)).toMatchObject({ firstWebhookId: "wh_1" })
  expect(yield* accept("with its body", "another")).toEqual(duplicateOf(other.id))

  expect(yield* accept(null, "ben")).toEqual(duplicateOf("wh_4"))
  expect(yield* accept(null, "cleo")).toEqual(duplicateOf("wh_5"))
  expect(yield* inbox.accept(list)).toEqual(duplicateOf("wh_6"))
  expect(yield* accept(null, "cleo", { mappingVersion: "v2" })).toMatchObject({ duplicate: false })
  yield* TestClock.adjust("25 hours")
  const later = yield* accept(null, "ben")
  expect(later.duplicate).toBe(false)
  expect(yield* accept(null, "ben")).toEqual(duplicateOf(later.id))
  expect(yield* inbox.accept(list)).toMatchObject({ duplicate: false })
  expect(yield* accept("with its body", "ann")).toEqual(duplicateOf("wh_1"))
})

it.effect("a SQLite database without hashes of bodies still knows its duplicates", () =>
  Effect.gen(function* () {
    const filename = yield* databaseFile
    yield* Effect.provide(beforeHashes, layerFile(filename), { local: true })
    yield* Effect.gen(function* () {
      yield* knows
      const sql = yield* SqlClient.SqlClient
      expect(yield* sql`PRAGMA foreign_key_check`).toEqual([])
      expect(yield* sql`PRAGMA integrity_check`).toEqual([{ integrity_check: "ok" }])
      const indexes = yield* sql<{ name: string }>`SELECT name FROM sqlite_schema
        WHERE type = 'index' AND tbl_name IN ('webhooks', 'webhook_invitations') AND sql IS NOT NULL ORDER BY name`
      expect(indexes.map(({ name }) => name)).toEqual([
        "webhook_invitations_invitation",
        "webhooks_first",
        "webhooks_held",
        "webhooks_ignored",
        "webhooks_received",
        "webhooks_repeated",
        "webhooks_unhashed",
        "webhooks_unmappable",
        "webhooks_without_id"
      ])
      const orphan = sql`INSERT INTO webhook_invitations ${sql.insert({ webhook_id: "nobody", invitation_id: "inv_1" })}`
      expect(yield* Effect.flip(orphan)).toMatchObject({ _tag: "SqlError" })
    }).pipe(Effect.provide(layerInboxAt(filename), { local: true }))
  })
)

it.effect("a Postgres database without hashes of bodies still knows its duplicates", () =>
  Effect.gen(function* () {
    const url = yield* postgresDatabase
    yield* Effect.provide(beforeHashes, layerPostgres(url), { local: true })
    yield* Effect.provide(knows, layerInboxSql.pipe(Layer.provideMerge(layerPostgres(url))), { local: true })
  })
)

it.effect("a SQLite database without hashes of bodies still knows its duplicates once it has moved", () =>
  Effect.gen(function* () {
    const source = layerFile(yield* databaseFile)
    const target = layerPostgres(yield* postgresDatabase)
    yield* Effect.provide(Effect.andThen(beforeHashes, Migrations.migrate), source, { local: true })
    yield* Effect.gen(function* () {
      const [from, to] = [yield* Layer.build(source), yield* Layer.build(target)]
      yield* Effect.provide(Migrations.migrate, to)
      yield* Move.move({
        source: yield* Effect.provide(SqlClient.SqlClient, from),
        target: yield* Effect.provide(SqlClient.SqlClient, to)
      })
    }).pipe(Effect.scoped)
    yield* Effect.provide(knows, layerInboxSql.pipe(Layer.provideMerge(target)), { local: true })
  })
)

const senderOf = (name: string, others: Partial<Sender.Sender> = {}): Sender.Sender => ({
  ...Option.getOrThrow(Senders.get(name)),
  ...others,
  scheme: { scheme: "none" }
})

const custom = senderOf("custom", { deliveryId: { json: "id" } })
const json = { "content-type": "application/json" }
const form = { "content-type": "application/x-www-form-urlencoded" }

const seat = (uid: string, attendeeSeatId: string) =>
  JSON.stringify({ triggerEvent: "BOOKING_CREATED", payload: { uid, attendeeSeatId } })

const answers = (event_id: string) =>
  `submissionID=77&rawRequest=${encodeURIComponent(JSON.stringify({ event_id }))}`

const subscribed = (list: string) =>
  `type=subscribe&fired_at=2026-11-01+10:00:00&data[id]=p1&data[list_id]=${list}`

const sms = "MessageSid=SM1&SmsStatus=received&Body=hello"

interface Sent {
  readonly sender: Sender.Sender
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Former extends Sent {
  readonly id: string
  readonly gone?: "forgotten"
}

const shopify = (headers: Record<string, string>, body: string): Sent => ({
  sender: senderOf("shopify"),
  headers: { ...json, ...headers },
  body
})

const topic = { "x-shopify-hmac-sha256": "-", "x-shopify-event-id": "e1", "x-shopify-topic": "orders/create" }
const unprefixed = (id: string) => ({ "shopify-hmac-sha256": "-", "shopify-webhook-id": id })
const long = "\u00e9".repeat(256)

/** What came before the upgrade, under the id that it had then. */
const formerly = {
  wh_1: { sender: custom, headers: json, body: '{"id":813683310949021953}', id: "813683310949022000" },
  wh_2: { sender: senderOf("cal-com"), headers: json, body: seat("u1", "s1"), id: "u1:BOOKING_CREATED" },
  wh_3: { sender: senderOf("jotform"), headers: form, body: answers("1"), id: "77" },
  wh_4: {
    sender: senderOf("mailchimp"),
    headers: form,
    body: subscribed("l1"),
    id: "subscribe:p1:2026-11-01 10%3A00%3A00"
  },
  wh_5: { ...shopify(topic, '{"order":1}'), id: "e1" },
  wh_6: { ...shopify(unprefixed("w1"), '{"order":2}'), id: sha256(text('{"order":2}')) },
  wh_7: { sender: senderOf("twilio"), headers: form, body: sms, id: sha256(text(sms)) },
  wh_8: { sender: custom, headers: json, body: JSON.stringify({ id: long }), id: sha256(text(long)) },
  wh_9: {
    sender: senderOf("cal-com"),
    headers: json,
    body: seat("u2", "s1"),
    id: "u2:BOOKING_CREATED",
    gone: "forgotten"
  }
} satisfies Record<string, Former>

const beforeOtherIds = Effect.gen(function* () {
  yield* formerDatabase
  const sql = yield* SqlClient.SqlClient
  for (const [id, { sender, body, id: delivery_id, gone }] of Object.entries<Former>(formerly))
    yield* sql`INSERT INTO webhooks ${sql.insert({ id, source: sender.name, delivery_id, sender: sender.name, status: gone ?? "mapped", lane: 0, received_at: 1, traceparent: null, headers: "{}", body: gone === undefined ? text(body) : new Uint8Array(), mapping_version: "v1", body_hash: "" })}`
})

const knowsOtherIds = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const send = Effect.fnUntraced(function* ({ sender, headers, body }: Sent) {
    const source = yield* makeSource({ name: sender.name, sender, secrets: [Secret.make("secret")] })
    const sent = Delivery.make({ method: "POST", url: "https://hooks.example.com/", headers, body })
    const { name, identify, formerIds } = source
    const identity = identify(sent)
    expect(identity.deliveryId).not.toBeNull()
    return yield* inbox.accept(
      delivery({
        ...identity,
        source: name,
        sender: name,
        body: sent.body,
        formerIds: () => formerIds(sent)
      })
    )
  })
  for (const [id, sent] of Object.entries<Sent>(formerly)) {
    expect(yield* send(sent)).toEqual({ id, duplicate: true })
  }
  const isNew = { duplicate: false }
  const { wh_1, wh_2, wh_3, wh_4 } = formerly
  const others = [
    { ...wh_1, body: '{"id":813683310949021954}' },
    { ...wh_2, body: seat("u1", "s2") },
    { ...wh_3, body: answers("2") },
    { ...wh_4, body: subscribed("l2") },
    // Only their bodies are equal.
    shopify({ ...topic, "x-shopify-event-id": "e2" }, '{"order":1}'),
    {
      sender: senderOf("custom", { deliveryId: { header: "x-id" } }),
      headers: { "x-id": "1" },
      body: wh_1.body
    }
  ]
  for (const other of others) {
    const first = yield* send(other)
    expect(first).toMatchObject(isNew)
    expect(yield* send(other)).toEqual({ id: first.id, duplicate: true })
  }
  yield* TestClock.adjust("91 days")
  expect(yield* send(formerly.wh_9)).toMatchObject(isNew)
})

it.effect("a SQLite database knows its duplicates whose ids are others since", () =>
  Effect.gen(function* () {
    const filename = yield* databaseFile
    yield* Effect.provide(beforeOtherIds, layerFile(filename), { local: true })
    yield* Effect.provide(knowsOtherIds, layerInboxAt(filename), { local: true })
  })
)

it.effect("a Postgres database knows its duplicates whose ids are others since", () =>
  Effect.gen(function* () {
    const url = yield* postgresDatabase
    yield* Effect.provide(beforeOtherIds, layerPostgres(url), { local: true })
    yield* Effect.provide(knowsOtherIds, layerInboxSql.pipe(Layer.provideMerge(layerPostgres(url))), {
      local: true
    })
  })
)
