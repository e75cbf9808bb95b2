/** Stored deliveries that name a person. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Inbox } from "../../../src/index.ts"
import { layerNoting } from "../../countedClient.ts"
import { layerInboxSql, layerPostgres, layers, migratedPostgres, onEach } from "../../databases.ts"
import { alice, delivery, store } from "../../fixtures.ts"
import { changedMeanwhile, locksIn } from "../../locked.ts"

const bo = "bo@example.com"

const forget = Effect.fnUntraced(function* (person: string) {
  const inbox = yield* Inbox.Inbox
  const plan = yield* inbox.forgetPlan(person)
  expect(yield* inbox.forget(person)).toEqual(plan)
  return plan
})

interface Webhook {
  readonly id: string
  readonly source: string
  readonly status: string
  readonly reason: string | null
  readonly delivery_id: string
  readonly body: Uint8Array
}

/** Stores a webhook with this body, then changes what is stored of it. */
const stored = Effect.fnUntraced(function* (
  deliveryId: string,
  body: string,
  changes: Readonly<Record<string, string>> = {},
  source = "form"
) {
  const inbox = yield* Inbox.Inbox
  const sql = yield* SqlClient.SqlClient
  const { id } = yield* inbox.accept(delivery({ source, deliveryId, body: new TextEncoder().encode(body) }))
  yield* sql`UPDATE webhooks SET ${sql.update({ status: "ignored", ...changes })} WHERE id = ${id}`
  return id
})

const rows = SqlClient.SqlClient.use((sql) => sql<Webhook>`SELECT * FROM webhooks ORDER BY id`)

onEach((test) => {
  describe("forgetting a person", () => {
    test("empties the webhooks that name them, and lets those that wait be mapped first", () =>
      Effect.gen(function* () {
        const statuses = ["received", "held", "mapped", "ignored", "unmappable"]
        for (const status of statuses) yield* stored(status, bo, { status, reason: "as it was" })
        for (const status of ["purged", "forgotten"]) {
          yield* stored(status, "", { status, delivery_id: `${status} ${bo}`, reason: "as it was" })
        }
        yield* stored("reason", "", { reason: `${bo} is nobody` })
        yield* stored("other", "carol@example.com", { reason: "as it was" })
        expect(yield* forget(bo)).toMatchObject({ webhooks: 4, waiting: 2, unmappable: 1, deliveryIds: 2 })
        const waits = "somebody in it was forgotten: its body goes once it is mapped"
        expect((yield* rows).map(({ status, reason, body }) => [status, reason, body.length])).toEqual([
          ["received", waits, bo.length],
          ["held", waits, bo.length],
          ["forgotten", null, 0],
          ["forgotten", null, 0],
          ["forgotten", null, 0],
          ["purged", "as it was", 0],
          ["forgotten", "as it was", 0],
          ["forgotten", null, 0],
          ["ignored", "as it was", "carol@example.com".length]
        ])
      }))

    test("empties the webhooks that asked for them, whatever is in them", () =>
      Effect.gen(function* () {
        yield* store([alice], { deliveryId: "1" })
        yield* store([{ ...alice, member: bo }], { deliveryId: "2" })
        expect(yield* forget(bo)).toMatchObject({ webhooks: 1, unreadable: 0 })
        expect((yield* rows).map(({ status }) => status)).toEqual(["mapped", "forgotten"])
      }))

    test("replaces ids that name them by keyed ones, each the first of its kind in its source once", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const raw = { delivery_id: bo }
        const keyed = yield* stored(bo, "1")
        const second = yield* stored("a", "2", raw)
        const elsewhere = yield* stored("a", "3", raw, "other")
        const third = yield* stored(bo, "4", {}, "third")
        const repeated = yield* stored("a", "5", raw, "third")
        const untouched = yield* stored("b", "6")
        yield* stored("c", "7", {}, "other")
        yield* sql`UPDATE webhooks SET first_webhook = ${keyed} WHERE id = ${third}`
        const name = (yield* rows).find(({ id }) => id === keyed)?.delivery_id ?? ""
        expect(name).not.toContain(bo)
        expect(yield* forget(bo)).toMatchObject({ webhooks: 3, deliveryIds: 3 })
        const ids = new Map((yield* rows).map(({ id, delivery_id }) => [id, delivery_id]))
        expect([keyed, second, elsewhere, third, repeated, untouched].map((id) => ids.get(id))).toEqual([
          name,
          `${name}:${second}`,
          name,
          name,
          name,
          "b"
        ])
      }))

    test("takes the refused deliveries that name them in either request, and counts what can't be read", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const plain = JSON.stringify({ "content-type": "text/plain" })
        const named = JSON.stringify({ "x-user": bo })
        const gzip = JSON.stringify({ "content-encoding": "gzip" })
        const refused: ReadonlyArray<Readonly<Record<string, string | Uint8Array | null>>> = [
          { target: `/?email=${bo}` },
          { target: `/?email=${bo}`, first_target: "/", first_headers: plain },
          { target: "/", first_target: `/?email=${bo}`, first_headers: plain },
          { headers: named },
          { headers: plain, first_target: "/", first_headers: named },
          { message: `no ${bo}` },
          { body: new TextEncoder().encode(bo) },
          { target: "/?email=carol@example.com" },
          { headers: gzip, body: new Uint8Array([1]) },
          { headers: gzip, first_target: "/", first_headers: plain, body: new Uint8Array([1]) }
        ]
        for (const [at, row] of refused.entries()) {
          const all = {
            id: `qu_${at}`,
            source: "form",
            digest: String(at),
            sender: "typeform",
            first_at: 0,
            last_at: 0,
            times: 1,
            size: 1,
            reason: "NoSecretMatches",
            message: "",
            method: "POST",
            target: "/",
            headers: plain,
            body: new Uint8Array(),
            ...row
          }
          yield* sql`INSERT INTO quarantined ${sql.insert(all)}`
        }
        expect(yield* forget(bo)).toMatchObject({ quarantined: 7, unreadable: 2 })
        expect(yield* sql`SELECT id FROM quarantined ORDER BY id`).toEqual(
          ["qu_7", "qu_8", "qu_9"].map((id) => ({ id }))
        )
      }))
  })
})

describe("forgetting that fails within a batch", () => {
  it.effect("leaves all of the batch", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* stored("a", bo)
      yield* stored("b", "", { delivery_id: bo })
      const before = yield* rows
      yield* sql.unsafe(
        "CREATE TRIGGER keep BEFORE UPDATE OF delivery_id ON webhooks BEGIN SELECT RAISE(ABORT, 'no'); END"
      )
      yield* Effect.flip(Inbox.Inbox.use((inbox) => inbox.forget(bo)))
      expect(yield* rows).toEqual(before)
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})

describe("forgetting a person on Postgres", () => {
  it.effect("locks the webhooks by their ids", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      yield* Effect.gen(function* () {
        yield* stored("a", bo)
        log.length = 0
        yield* Inbox.Inbox.use((inbox) => inbox.forget(bo))
        expect(locksIn(log)).toEqual(["webhooks by id"])
      }).pipe(Effect.provide(Layer.provideMerge(layerInboxSql, layerNoting(log))))
    }).pipe(Effect.provide(Layer.unwrap(Effect.map(migratedPostgres, layerPostgres))))
  )

  it.effect("leaves what was purged, or has its keyed id, since it was found", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const purged = yield* stored("purged", bo)
      const keyed = yield* stored(bo, "", {}, "other")
      const name = (yield* rows).find(({ id }) => id === keyed)?.delivery_id ?? ""
      const renamed = yield* stored("renamed", "", { delivery_id: bo })
      yield* changedMeanwhile(
        sql`SELECT id FROM webhooks FOR UPDATE`,
        Inbox.Inbox.use((inbox) => inbox.forget(bo)),
        Effect.andThen(
          sql`UPDATE webhooks SET status = 'purged', reason = NULL WHERE id = ${purged}`,
          sql`UPDATE webhooks SET delivery_id = ${name} WHERE id = ${renamed}`
        )
      )
      expect((yield* rows).filter(({ id }) => id !== keyed)).toMatchObject([
        { id: purged, status: "purged", reason: null },
        { id: renamed, delivery_id: name }
      ])
    }).pipe(Effect.provide(layers.Postgres))
  )

  it.effect(
    "also finds what was received before it, and stored meanwhile, and nothing that was received since",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* stored("first", bo)
        yield* TestClock.adjust("1 second")
        const copy = (id: string, receivedAt: number) => sql`INSERT INTO webhooks
        (id, source, delivery_id, sender, status, lane, received_at, headers, body, body_hash)
        SELECT ${id}, source, ${id}, sender, status, lane, ${receivedAt}, headers, body, ${id} FROM webhooks
        WHERE delivery_id = 'first'`
        yield* changedMeanwhile(
          sql`SELECT id FROM webhooks FOR UPDATE`,
          Inbox.Inbox.use((inbox) => inbox.forget(bo)),
          Effect.andThen(copy("wh_~1", 999), copy("wh_~2", 1_000))
        )
        expect((yield* rows).map(({ status }) => status)).toEqual(["forgotten", "forgotten", "ignored"])
      }).pipe(Effect.provide(layers.Postgres))
  )
})
