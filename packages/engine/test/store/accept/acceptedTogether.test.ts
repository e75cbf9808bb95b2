/** How Postgres stores deliveries that come at the same time. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Webhook } from "@usher/model"
import { Inbox } from "../../../src/index.ts"
import { layerNoting } from "../../countedClient.ts"
import { layerInboxSql, layerPostgres, layers, migratedPostgres } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"

/** In one batch. */
const accepted = (batch: ReadonlyArray<Partial<Webhook.NewWebhook>>) =>
  Inbox.Inbox.use((inbox) =>
    Effect.forEach(batch, (fields) => inbox.accept(delivery(fields)), { concurrency: "unbounded" })
  )

interface Row {
  readonly received_at: number
  readonly traceparent: string | null
  readonly lane: number
  readonly body: Uint8Array
}

const mebibyte = 2 ** 20

describe("deliveries on Postgres", () => {
  it.effect("keep what each of them has, beside others that have more or less of it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const late = 2 ** 40
      yield* accepted([
        { deliveryId: "1", receivedAt: DateTime.makeUnsafe(5), body: new Uint8Array(), lane: "import" },
        { deliveryId: "2", receivedAt: DateTime.makeUnsafe(late), traceparent: "trace-1" },
        { deliveryId: null, body: new Uint8Array([0, 255]) }
      ])
      const rows = yield* sql<Row>`SELECT received_at, traceparent, lane, body FROM webhooks
        ORDER BY delivery_id`
      expect(
        rows.map(({ received_at, traceparent, lane, body }) => [Number(received_at), traceparent, lane, body])
      ).toEqual([
        [0, null, 0, new Uint8Array([0, 255])],
        [5, null, 3, new Uint8Array()],
        [late, "trace-1", 0, new TextEncoder().encode("{}")]
      ])
    }).pipe(Effect.provide(layers.Postgres))
  )

  it.effect("are counted in the minute and in the hour in which they came", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const hour = 3_600_000
      yield* TestClock.adjust(hour + 90_000)
      yield* accepted([{ deliveryId: "1" }, { deliveryId: "2" }])
      const counts = yield* sql<{ span: string; at: number; count: number }>`
        SELECT span, at, count FROM counts ORDER BY span`
      expect(counts.map(({ span, at, count }) => [span, Number(at), Number(count)])).toEqual([
        ["hour", hour, 2],
        ["minute", hour + 60_000, 2]
      ])
    }).pipe(Effect.provide(layers.Postgres))
  )

  it.effect("are stored by one statement for each 4 MiB of bodies", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      yield* Effect.gen(function* () {
        /** How many statements store bodies of these lengths, all of which are new. */
        const statements = Effect.fnUntraced(function* (...lengths: ReadonlyArray<number>) {
          log.length = 0
          const answers = yield* accepted(
            lengths.map((length, at) => ({
              deliveryId: `${lengths.join()} ${at}`,
              body: new Uint8Array(length)
            }))
          )
          expect(answers.map(({ duplicate }) => duplicate)).toEqual(lengths.map(() => false))
          return log.filter((statement) => statement.includes("INSERT INTO webhooks")).length
        })
        expect(yield* statements(2 * mebibyte, 2 * mebibyte)).toBe(1)
        expect(yield* statements(2 * mebibyte, 2 * mebibyte, 1)).toBe(2)
      }).pipe(Effect.provide(Layer.provideMerge(layerInboxSql, layerNoting(log))))
    }).pipe(Effect.provide(Layer.unwrap(Effect.map(migratedPostgres, layerPostgres))))
  )
})
