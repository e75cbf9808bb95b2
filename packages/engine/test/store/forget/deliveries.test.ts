/** Stored deliveries that name a person. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Inbox, Operations } from "../../../src/index.ts"
import { layers, onEach } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"

const bo = "bo@example.com"

const forget = Effect.fnUntraced(function* (person: string) {
  const operations = yield* Operations.Operations
  const plan = yield* operations.forgetPlan(person)
  expect(yield* operations.forget(person)).toEqual(plan)
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
      yield* Effect.flip(Operations.Operations.use((operations) => operations.forget(bo)))
      expect(yield* rows).toEqual(before)
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})
