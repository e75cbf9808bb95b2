import { expect } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Backlog } from "@usher/model"
import { SourcePauses, SourcePausesSql } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { delivery, people } from "../../fixtures.ts"

const terms = { spot: "main" }

onEach((it) => {
  it("tells what waits to be mapped and to be sent, and since when", (inbox, operations) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      expect(yield* operations.waiting(["main"])).toEqual({
        received: { count: 0, oldest: null },
        due: new Map([["main", { count: 0, oldest: null }]]),
        later: new Map([["main", 0]])
      })

      yield* inbox.accept(delivery({ deliveryId: "replayed", lane: "replay" }))
      yield* TestClock.adjust("1 minute")
      yield* inbox.accept(delivery({ deliveryId: "live" }))
      const { received } = yield* operations.waiting(["main"])
      expect(received).toEqual({ count: 2, oldest: DateTime.makeUnsafe(1_000_000) })

      const [live] = yield* inbox.received(1)
      if (live === undefined) return expect.unreachable()
      yield* inbox.map(live, { status: "mapped", invitations: people(3), reason: null }, terms)
      const waiting = yield* operations.waiting(["main", "another"])
      expect(waiting.received.count).toBe(1)
      expect(waiting.due.get("main")).toEqual({ count: 3, oldest: DateTime.makeUnsafe(1_060_000) })
      expect(waiting.due.get("another")).toEqual({ count: 0, oldest: null })
    }))

  it("tells since when a webhook waits again: mapped again, released, or after a pause", (inbox, operations) =>
    Effect.gen(function* () {
      const at = (minutes: number) => DateTime.makeUnsafe(minutes * 60_000)
      const oldest = Effect.map(operations.waiting([]), ({ received }) => received.oldest)
      const pauses = <A, E>(use: (pauses: SourcePauses.SourcePauses["Service"]) => Effect.Effect<A, E>) =>
        SourcePauses.SourcePauses.use(use).pipe(Effect.provide(SourcePausesSql.layer))
      const mapAll = Effect.gen(function* () {
        for (const webhook of yield* inbox.received(10)) {
          yield* inbox.map(webhook, { status: "unmappable", reason: "no live" }, terms)
        }
      })
      yield* inbox.accept(delivery({ deliveryId: "first" }))
      yield* mapAll
      expect(yield* oldest).toBeNull()
      yield* TestClock.setTime(600_000)
      yield* Stream.runDrain(operations.remap({ all: true }))
      expect(yield* oldest).toEqual(at(10))
      yield* mapAll

      yield* TestClock.setTime(1_200_000)
      const release = { at: yield* DateTime.now, by: "ada", verified: true }
      yield* inbox.accept(delivery({ deliveryId: "second", receivedAt: at(1), release }))
      expect(yield* oldest).toEqual(at(20))
      yield* mapAll

      yield* pauses(({ pause }) => pause("form", { by: "ada", reason: "a test" }))
      yield* inbox.accept(delivery({ deliveryId: "third" }))
      yield* mapAll
      yield* TestClock.setTime(1_800_000)
      yield* pauses(({ resume }) => resume("form"))
      expect(yield* inbox.received(10)).toHaveLength(1)
      expect(yield* oldest).toEqual(at(30))
    }))

  it("counts no further than its cap", (inbox, operations) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* inbox.accept(delivery())
      const [row = {}] = yield* sql<Record<string, unknown>>`SELECT * FROM webhooks`
      const columns = Object.keys(row).map((name) =>
        name === "id" || name === "delivery_id" ? `id || '-' || number` : name
      )
      yield* sql.unsafe(`WITH RECURSIVE numbers (number) AS
          (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number <= ${Backlog.maxCounted})
        INSERT INTO webhooks (${Object.keys(row).join()}) SELECT ${columns.join()} FROM webhooks, numbers`)
      const { received } = yield* operations.waiting([])
      expect(received.count).toBe(Backlog.maxCounted)
    }))
})
