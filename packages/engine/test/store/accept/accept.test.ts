/** What a batch of deliveries leaves behind: rows, counts, events and signals. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Metric, PubSub, Result } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { SqliteClient } from "@usher/sqlite"
import { createHash } from "node:crypto"
import type { Webhook } from "@usher/model"
import type { Event } from "@usher/model/Event"
import { Inbox, Migrations, Operations } from "../../../src/index.ts"
import { layerInboxSql, layerPostgres, layersTelling, migratedPostgres } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"

const text = (body: string) => new TextEncoder().encode(body)

/** In one batch. */
const accept = (...batch: ReadonlyArray<Partial<Webhook.NewWebhook>>) =>
  Inbox.Inbox.use((inbox) =>
    Effect.forEach(batch, (fields) => Effect.result(inbox.accept(delivery(fields))), {
      concurrency: "unbounded"
    })
  )

/** Of which each has to succeed. */
const accepted = (...batch: ReadonlyArray<Partial<Webhook.NewWebhook>>) =>
  Effect.map(accept(...batch), (all) => all.map(Result.getOrThrow))

const counts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ source: string; name: string; count: number }>`
    SELECT source, name, sum(count) AS count FROM counts WHERE span = 'hour' GROUP BY source, name`
  return Object.fromEntries(rows.map(({ source, name, count }) => [`${source} ${name}`, Number(count)]))
})

const deliveryIds = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ delivery_id: string }>`SELECT delivery_id FROM webhooks ORDER BY delivery_id`
  return rows.map(({ delivery_id }) => delivery_id)
})

/** Runs the statement of the database that is there. */
const each = (sqlite: string, postgres: ReadonlyArray<string>) =>
  SqlClient.SqlClient.use((sql) =>
    Effect.forEach(
      sql.onDialectOrElse({ pg: () => postgres, orElse: () => [sqlite] }),
      (statement) => sql.unsafe(statement),
      { discard: true }
    )
  )

/** From here on the database silently drops these rows. */
const losing = (rows: string) =>
  each(`CREATE TRIGGER lose BEFORE INSERT ON webhooks WHEN ${rows} BEGIN SELECT RAISE(IGNORE); END`, [
    `CREATE FUNCTION lose() RETURNS trigger AS $$ BEGIN IF ${rows} THEN RETURN NULL; END IF; RETURN NEW; END $$ LANGUAGE plpgsql`,
    `CREATE TRIGGER lose BEFORE INSERT ON webhooks FOR EACH ROW EXECUTE FUNCTION lose()`
  ])

const loseLost = losing("NEW.delivery_id = 'lost'")

const loseRepeats = losing("NEW.first_webhook IS NOT NULL")

/** From here on it can't count a duplicate. */
const refuseDuplicates = each(
  `CREATE TRIGGER refuse BEFORE INSERT ON counts WHEN NEW.name = 'duplicates' BEGIN SELECT RAISE(ABORT, 'no'); END`,
  [`ALTER TABLE counts ADD CONSTRAINT no_duplicates CHECK (name <> 'duplicates')`]
)

const repeat = { deliveryId: "1", body: text("another") }

describe.each(["SQLite in memory", "Postgres"] as const)("a batch on %s", (name) => {
  const heard: Array<Event> = []
  const tell = (events: () => ReadonlyArray<Event>) => Effect.sync(() => void heard.push(...events()))
  const test = <A, E>(
    sentence: string,
    body: Effect.Effect<A, E, Inbox.Inbox | Operations.Operations | SqlClient.SqlClient>
  ) =>
    it.effect(sentence, () =>
      body.pipe(
        Effect.provide(layersTelling(tell)[name]),
        Effect.provideService(Metric.MetricRegistry, new Map())
      )
    )

  test(
    "is told webhook by webhook, and wakes who maps, unless all of it is retries",
    Effect.gen(function* () {
      const received = yield* Inbox.Inbox.use((inbox) => inbox.signals("received"))
      heard.length = 0
      const told = (id: string | undefined, source: string) => ({
        type: "webhook",
        id,
        source,
        status: "received"
      })
      const [first, second] = yield* accepted({ deliveryId: "1" }, { deliveryId: "2", source: "other" })
      expect(heard.splice(0)).toEqual([told(first?.id, "form"), told(second?.id, "other")])
      expect((yield* PubSub.takeUpTo(received, 9)).length).toBeGreaterThan(0)

      yield* accepted({ deliveryId: "1" }, { deliveryId: "2", source: "other" })
      expect(heard.splice(0)).toEqual([])
      expect(yield* PubSub.takeUpTo(received, 9)).toEqual([])

      const [, third] = yield* accepted({ deliveryId: "1" }, { deliveryId: "3", source: "third" })
      expect(heard.splice(0)).toEqual([told(third?.id, "third")])
      expect((yield* PubSub.takeUpTo(received, 9)).length).toBeGreaterThan(0)
    }).pipe(Effect.scoped)
  )

  test(
    "answers each delivery in its place, and counts what is new and what is not by source",
    Effect.gen(function* () {
      yield* TestClock.adjust("10 seconds")
      const [first] = yield* accepted({ deliveryId: "1" })
      expect(yield* counts).toEqual({ "form accepted": 1 })
      const answers = yield* accepted(
        { deliveryId: "2" },
        { deliveryId: "1" },
        repeat,
        { deliveryId: "3", source: "other" },
        { deliveryId: "1" }
      )
      expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, true, false, false, true])
      expect([answers[1]?.id, answers[4]?.id]).toEqual([first?.id, first?.id])
      expect(yield* counts).toEqual({ "form accepted": 3, "form duplicates": 2, "other accepted": 1 })
      for (const { id } of answers)
        expect(yield* Operations.Operations.use((operations) => operations.webhook(id))).toMatchObject({ id })
      const sql = yield* SqlClient.SqlClient
      const resent = yield* sql<{ id: string; resent: number; resent_at: number }>`
        SELECT id, resent, resent_at FROM webhooks WHERE resent > 0`
      expect(resent.map((row) => [row.id, Number(row.resent), Number(row.resent_at)])).toEqual([
        [first?.id, 2, 10_000]
      ])
    })
  )

  test(
    "counts a repeated id only where it is one",
    Effect.gen(function* () {
      yield* accepted({ deliveryId: "1" })
      yield* accepted({ deliveryId: "2" }, repeat, { deliveryId: "1" }, { deliveryId: null })
      const counted = (yield* Metric.snapshot).filter(({ id }) => id === "usher_webhooks_reused_id_total")
      expect(counted).toMatchObject([{ attributes: { source: "form" }, state: { count: 1 } }])
    })
  )

  test(
    "does not count what the database has lost",
    Effect.gen(function* () {
      yield* accepted({ deliveryId: "1" })
      yield* loseLost
      const results = yield* accept({ deliveryId: "2" }, { deliveryId: "lost" }, { deliveryId: "1" })
      expect(results.map(({ _tag }) => _tag)).toEqual(["Success", "Failure", "Success"])
      expect(yield* counts).toEqual({ "form accepted": 2, "form duplicates": 1 })
    })
  )

  test(
    "releases only what comes out of quarantine",
    Effect.gen(function* () {
      const release = { at: DateTime.makeUnsafe(5_000), by: "cli", verified: true }
      const [plain, released] = yield* accepted({ deliveryId: "1" }, { deliveryId: "2", release })
      const operations = yield* Operations.Operations
      expect(yield* operations.webhook(plain?.id ?? "")).toMatchObject({ release: null })
      expect(yield* operations.webhook(released?.id ?? "")).toMatchObject({ release })
    })
  )

  test(
    "is stored with its counts, or not at all",
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`DROP TABLE counts`
      const [one] = yield* accept({ deliveryId: "1" })
      expect(one).toMatchObject({ _tag: "Failure", failure: { _tag: "InboxUnavailable" } })
      expect(yield* deliveryIds).toEqual([])
    })
  )

  test(
    "stores no repeat whose batch can't be counted",
    Effect.gen(function* () {
      yield* accepted({ deliveryId: "1" })
      yield* refuseDuplicates
      const results = yield* accept(repeat, { deliveryId: "1" })
      expect(results.map(({ _tag }) => _tag)).toEqual(["Failure", "Failure"])
      expect(yield* deliveryIds).toEqual(["1"])
    })
  )

  test(
    "fails a repeat that the database does not store",
    Effect.gen(function* () {
      yield* accepted({ deliveryId: "1" })
      yield* loseRepeats
      expect(yield* accept(repeat)).toMatchObject([
        { _tag: "Failure", failure: { _tag: "InboxUnavailable" } }
      ])
    })
  )

  if (name === "Postgres")
    test(
      "that is stored in part wakes who maps",
      Effect.gen(function* () {
        yield* accepted({ deliveryId: "1" })
        yield* refuseDuplicates
        const received = yield* Inbox.Inbox.use((inbox) => inbox.signals("received"))
        yield* accept({ deliveryId: "1" }, { deliveryId: "2" })
        expect(yield* deliveryIds).toEqual(["1", "2"])
        expect(yield* PubSub.takeUpTo(received, 9)).toEqual(["received"])
      }).pipe(Effect.scoped)
    )
})

/** As a version before `body_hash` stored it. */
const unhashed = (
  id: string,
  delivery_id: string,
  body: Uint8Array,
  others: { readonly status?: string; readonly received_at?: number } = {}
) =>
  SqlClient.SqlClient.use(
    (sql) =>
      sql`INSERT INTO webhooks ${sql.insert({ id, source: "form", delivery_id, sender: "typeform", status: "mapped", lane: 0, received_at: 1, traceparent: null, headers: "{}", body, mapping_version: "v1", body_hash: "", ...others })}`
  )

const sha256 = (body: Uint8Array) => createHash("sha256").update(body).digest("hex")

const day = 86_400_000

describe.each([
  ["SQLite in memory", SqliteClient.layer({ filename: ":memory:" })],
  ["Postgres", Layer.unwrap(Effect.map(migratedPostgres, layerPostgres))]
] as const)("what an earlier version stored on %s", (_, database) => {
  const test = <A, E, E2>(
    sentence: string,
    before: Effect.Effect<unknown, E2, SqlClient.SqlClient>,
    body: Effect.Effect<A, E, Inbox.Inbox | Operations.Operations | SqlClient.SqlClient>
  ) =>
    it.effect(sentence, () =>
      Effect.gen(function* () {
        yield* Migrations.migrate
        yield* before
        yield* Effect.provide(body, layerInboxSql, { local: true })
      }).pipe(Effect.provide(database))
    )

  test(
    "is known in a batch with what is new",
    unhashed("wh_1", sha256(text("ann")), text("ann")),
    Effect.gen(function* () {
      const retry = { deliveryId: null, body: text("ann"), mappingVersion: "v1" }
      expect(yield* accepted(retry)).toEqual([{ id: "wh_1", duplicate: true }])
      expect(yield* accepted({ deliveryId: "new" }, retry)).toEqual([
        { id: expect.any(String), duplicate: false },
        { id: "wh_1", duplicate: true }
      ])
      expect(yield* accepted({ deliveryId: "new" }, retry)).toMatchObject([
        { duplicate: true },
        { id: "wh_1" }
      ])
      expect(yield* deliveryIds).toEqual([sha256(text("ann")), "new"].toSorted())
    })
  )

  test(
    "without an id is a retry for a day, as mapped as the retry would be",
    Effect.all([
      unhashed("wh_1", sha256(text("ann")), text("ann")),
      unhashed("wh_2", sha256(text("ben")), text("ben")),
      unhashed("wh_3", sha256(text("cleo")), text("cleo"), { received_at: day + 1 })
    ]),
    Effect.gen(function* () {
      const retry = { deliveryId: null, body: text("ann"), mappingVersion: "v1" }
      yield* TestClock.adjust(day)
      expect(yield* accepted(retry)).toEqual([{ id: "wh_1", duplicate: true }])
      expect(yield* accepted({ ...retry, mappingVersion: "v2" })).toMatchObject([{ duplicate: false }])
      expect(yield* accepted({ ...retry, source: "other" })).toMatchObject([{ duplicate: false }])
      expect(yield* accepted({ ...retry, deliveryId: "named" })).toMatchObject([{ duplicate: false }])
      yield* TestClock.adjust("1 milli")
      expect(yield* accepted({ ...retry, body: text("ben") })).toMatchObject([{ duplicate: false }])
    })
  )

  test(
    "under its id is compared by its body while that is there",
    Effect.all([
      unhashed("wh_1", "1", text("ann")),
      unhashed("wh_2", "2", new Uint8Array(), { status: "purged" }),
      unhashed("wh_3", "3", new Uint8Array(), { status: "forgotten" })
    ]),
    Effect.gen(function* () {
      const ann = { deliveryId: "1", body: text("ann") }
      const duplicate = { id: "wh_1", duplicate: true }
      expect(yield* accepted(ann)).toEqual([duplicate])
      expect(yield* accepted({ ...ann, content: text("the content of it") })).toEqual([duplicate])
      expect(yield* accepted({ ...ann, body: text("sent again"), content: text("ann") })).toEqual([duplicate])
      expect(yield* accepted({ ...ann, deliveryId: "2" })).toEqual([{ id: "wh_2", duplicate: true }])
      expect(yield* accepted({ ...ann, deliveryId: "3" })).toEqual([{ id: "wh_3", duplicate: true }])
      const [other] = yield* accepted({ ...ann, body: text("ben") })
      expect(
        yield* Operations.Operations.use((operations) => operations.webhook(other?.id ?? ""))
      ).toMatchObject({
        firstWebhookId: "wh_1"
      })
    })
  )

  test(
    "under a former id is a retry for 90 days",
    Effect.all([
      unhashed("wh_1", "former", text("ann")),
      unhashed("wh_2", "younger", text("ben"), { received_at: day })
    ]),
    Effect.gen(function* () {
      const retry = { deliveryId: "present", body: text("ann"), formerIds: () => ["present", "former"] }
      yield* TestClock.adjust(90 * day)
      expect(yield* accepted(retry)).toEqual([{ id: "wh_1", duplicate: true }])
      expect(yield* accepted({ ...retry, deliveryId: null })).toMatchObject([{ duplicate: false }])
      expect(yield* accepted({ ...retry, body: text("cleo") })).toMatchObject([{ duplicate: false }])
      expect(yield* accepted({ deliveryId: "without", body: text("ann") })).toMatchObject([
        { duplicate: false }
      ])
      yield* TestClock.adjust("1 milli")
      expect(yield* accepted({ ...retry, deliveryId: "later" })).toMatchObject([{ duplicate: false }])
    })
  )

  test(
    "under a former id is the one of which the delivery is a retry, also where its present id is there",
    Effect.all([unhashed("wh_1", "former", text("ann")), unhashed("wh_2", "present", text("ann"))]),
    Effect.gen(function* () {
      const retry = { deliveryId: "present", body: text("ann"), formerIds: () => ["former", "present"] }
      expect(yield* accepted(retry)).toEqual([{ id: "wh_1", duplicate: true }])
    })
  )

  test(
    "is no reason to look for what this version stored under another id",
    unhashed("wh_1", "1", text("ann")),
    Effect.gen(function* () {
      yield* accepted({ deliveryId: "hashed", body: text("ben") })
      const other = { deliveryId: "other", body: text("ben"), formerIds: () => ["hashed"] }
      expect(yield* accepted(other)).toMatchObject([{ duplicate: false }])
      yield* accepted({ deliveryId: sha256(text("cleo")), body: text("cleo") })
      expect(yield* accepted({ deliveryId: null, body: text("cleo") })).toMatchObject([{ duplicate: false }])
    })
  )
})
