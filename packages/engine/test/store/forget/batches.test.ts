/** A table in batches that are bounded by rows and by bytes. */
import { describe, expect, it } from "@effect/vitest"
import { Array, Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import type { Inbox } from "../../../src/index.ts"
import { bodies, pages } from "../../../src/store/forget/batches.ts"
import { onEach } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"

interface Row {
  readonly id: string
}

/** Stores bodies of these lengths; the ids of their webhooks. */
const stored = (inbox: Inbox.Inbox["Service"], lengths: ReadonlyArray<number>) =>
  Effect.forEach(lengths, (length, at) =>
    Effect.map(
      inbox.accept(delivery({ deliveryId: String(at), body: new Uint8Array(length) })),
      ({ id }) => id
    )
  )

/** The ids in each batch. */
const read = Effect.fnUntraced(function* (newest: string, from?: string) {
  const sql = yield* SqlClient.SqlClient
  const batches = yield* Stream.runCollect(bodies<Row>(sql, "webhooks", "id", newest, from))
  return batches.map((rows) => rows.map(({ id }) => id))
})

/** Whether others run before the effect has ended. */
const letsRun = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const others = { haveRun: false }
  yield* Effect.forkChild(
    Effect.sync(() => {
      others.haveRun = true
    })
  )
  yield* effect
  return others.haveRun
})

onEach((test) => {
  describe("the bodies of a table", () => {
    const half = 128 * 1024

    test("are read 256 KiB at a time, a longer one alone", (inbox) =>
      Effect.gen(function* () {
        const ids = yield* stored(inbox, [half, half, 1, 2 * half + 1, half, half + 1, 0])
        const [a, b, c, d, e, f, g] = ids
        expect(yield* read(ids.at(-1) ?? "")).toEqual([[a, b], [c], [d], [e], [f, g]])
      }))

    test("are read between two ids, the second one included", (inbox) =>
      Effect.gen(function* () {
        const [a = "", b = "", c = "", d = ""] = yield* stored(inbox, [1, 1, 1, 1])
        expect(yield* read(d)).toEqual([[a, b, c, d]])
        expect(yield* read(c, a)).toEqual([[b, c]])
        expect(yield* read(a, a)).toEqual([])
        expect(yield* read("")).toEqual([])
        expect(yield* letsRun(read(""))).toBe(true)
      }))

    test("are read 500 at a time", (inbox) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [id = ""] = yield* stored(inbox, [1])
        const [row] = yield* sql<Record<string, unknown>>`SELECT * FROM webhooks WHERE id = ${id}`
        for (const some of Array.chunksOf(Array.range(1, 500), 50)) {
          const others = Array.map(some, (at) => ({
            ...row,
            id: `${id}${1_000 + at}`,
            delivery_id: `copy ${at}`
          }))
          yield* sql`INSERT INTO webhooks ${sql.insert(others)}`
        }
        expect((yield* read("~")).map((ids) => ids.length)).toEqual([500, 1])
        expect((yield* read("~")).flat()[0]).toBe(id)
      }))
  })
})

describe("a query", () => {
  const upTo = (end: number) => (after: number, limit: number) =>
    Effect.succeed(Array.range(after + 1, Math.min(end, after + limit)).filter((at) => at <= end))
  const itself = (at: number) => at

  it.effect("is repeated after the last row of each batch of 500, until it finds none", () =>
    Effect.gen(function* () {
      const batches = yield* Stream.runCollect(pages(0, upTo(1_001), itself))
      expect(batches.map((rows) => [rows[0], rows.length])).toEqual([
        [1, 500],
        [501, 500],
        [1_001, 1]
      ])
    })
  )

  it.effect("lets others run before each batch", () =>
    Effect.gen(function* () {
      const first = Stream.take(pages(0, upTo(1), itself), 1)
      expect(yield* letsRun(Stream.runDrain(first))).toBe(true)
    })
  )
})
