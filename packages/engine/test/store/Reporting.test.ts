import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { SqlClient, Statement } from "effect/sql"
import { Events, Inbox, Reporting, Operations } from "../../src/index.ts"
import { databaseFile, layerFile, layerInboxSql, layers, onEach } from "../databases.ts"
import { claim, claimOne, again, settle, settlement } from "../dispatching.ts"
import { alice, delivery, people, statuses, store } from "../fixtures.ts"

const insight = <A, E>(use: (insight: Reporting.Reporting["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(Reporting.Reporting.use(use), Reporting.layerSql, { local: true })

const text = (body: string) => new TextEncoder().encode(body)

const bob = { ...alice, member: "bob@example.com" }

/** One sign-up that is invited after a retry, one that is ignored, one that is unmappable, and one that is sent twice. */
const scene = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  yield* store([alice], { deliveryId: "1" })
  yield* settle(yield* claimOne, yield* again("1 second"))
  yield* TestClock.adjust("1 minute")
  yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
  for (const [deliveryId, status] of [
    ["2", "ignored"],
    ["3", "unmappable"]
  ] as const) {
    const { id } = yield* inbox.accept(delivery({ deliveryId, source: "crm", body: text("Bob@Example.com") }))
    const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
    yield* inbox.map(webhook, { status, reason: "so" }, { spot: "main" })
  }
  return yield* inbox.accept(delivery({ deliveryId: "3", source: "crm", body: text("Bob@Example.com") }))
})

onEach((test) => {
  test("what happens is counted over time, by source", () =>
    Effect.gen(function* () {
      const begin = yield* DateTime.now
      yield* scene
      const to = DateTime.add(yield* DateTime.now, { minutes: 1 })
      const [first, second] = yield* insight((insight) =>
        insight.series({ bucket: "minute", from: begin, to })
      )
      expect(first).toMatchObject({
        at: begin,
        counts: { accepted: 1, mapped: 1, requested: 1, retried: 1, invited: 0 }
      })
      expect(second).toMatchObject({
        counts: { accepted: 2, duplicates: 1, ignored: 1, unmappable: 1, invited: 1, requested: 0 }
      })
      const form = yield* insight((insight) =>
        insight.series({ bucket: "day", from: begin, to, source: "form" })
      )
      expect(form).toMatchObject([{ at: begin, counts: { accepted: 1, invited: 1, ignored: 0 } }])
      const lastDay = yield* insight((insight) => insight.lastDay)
      expect(lastDay.get("crm")).toMatchObject({ accepted: 2, duplicates: 1, invited: 0 })
      expect(yield* insight((insight) => insight.lastReceived("crm"))).toEqual(second?.at)
      expect(yield* insight((insight) => insight.lastReceived("nobody"))).toBeNull()
    }))

  test("counts what an operator cancels and what is cancelled because its person is forgotten", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice, bob])
      yield* TestClock.adjust("1 minute")
      yield* operations.forget(alice.member)
      yield* Stream.runDrain(operations.cancel({ all: true }, { by: "ada" }))
      yield* Stream.runDrain(operations.cancel({ all: true }, { by: "ada" }))
      const lastDay = yield* insight((insight) => insight.lastDay)
      expect(lastDay.get("form")).toMatchObject({ requested: 2, cancelled: 2, expired: 0 })
    }))

  test("the last day ends 24 hours ago, to the minute, and old counts go", () =>
    Effect.gen(function* () {
      const begin = yield* DateTime.now
      yield* TestClock.adjust("10 minutes")
      yield* store([alice], { deliveryId: "1" })
      yield* TestClock.adjust("23 hours")
      yield* TestClock.adjust("30 minutes")
      yield* store([bob], { deliveryId: "2" })
      const accepted = Effect.map(
        insight((insight) => insight.lastDay),
        (lastDay) => lastDay.get("form")?.accepted
      )
      expect(yield* accepted).toBe(2)
      yield* TestClock.adjust("41 minutes")
      expect(yield* accepted).toBe(1)
      yield* TestClock.adjust("3 days")
      yield* insight((insight) => insight.trim)
      const to = yield* DateTime.now
      expect(yield* insight((insight) => insight.series({ bucket: "minute", from: begin, to }))).toEqual([])
      expect(yield* insight((insight) => insight.series({ bucket: "hour", from: begin, to }))).toHaveLength(2)
    }))

  test("minutes are kept for two days, and hours for 400 days", () =>
    Effect.gen(function* () {
      const begin = yield* DateTime.now
      yield* store([alice])
      const kept = (bucket: "minute" | "hour") =>
        Effect.gen(function* () {
          yield* insight((insight) => insight.trim)
          const to = yield* DateTime.now
          return (yield* insight((insight) => insight.series({ bucket, from: begin, to }))).length
        })
      yield* TestClock.adjust("47 hours")
      expect(yield* kept("minute")).toBe(1)
      yield* TestClock.adjust("62 minutes")
      expect(yield* kept("minute")).toBe(0)
      yield* TestClock.adjust("397 days")
      expect(yield* kept("hour")).toBe(1)
      yield* TestClock.adjust("2 days")
      expect(yield* kept("hour")).toBe(0)
    }))

  test("what is taken back is not counted", () =>
    Effect.gen(function* () {
      const begin = yield* DateTime.now
      yield* store([alice])
      const first = yield* claimOne
      yield* TestClock.adjust("10 minutes")
      yield* claim(1)
      expect(yield* settle(first, yield* settlement({ status: "rejected" }))).toBe(false)
      const to = DateTime.add(yield* DateTime.now, { minutes: 1 })
      const [day] = yield* insight((insight) => insight.series({ bucket: "day", from: begin, to }))
      expect(day?.counts).toMatchObject({ requested: 1, rejected: 0 })
      expect(yield* statuses("invitations")).toEqual({ sending: 1 })
    }))

  test("tells what waits, dead letters by cause, and what was resent", (inbox) =>
    Effect.gen(function* () {
      const { id } = yield* scene
      yield* store(people(3), { deliveryId: "4" })
      const claims = yield* claim(2)
      for (const one of claims) yield* settle(one, yield* settlement({ status: "rejected" }))
      yield* inbox.accept(delivery({ deliveryId: "5" }))
      const now = yield* DateTime.now
      expect(yield* insight((insight) => insight.snapshot)).toEqual({
        waitingWebhooks: 1,
        waitingInvitations: 1,
        deadLetters: 2,
        unmappable: 1,
        quarantined: 0,
        oldestReceived: now,
        oldestDue: now
      })
      expect(yield* insight((insight) => insight.deadLetters)).toEqual([
        {
          status: "rejected",
          error: null,
          spot: "main",
          liveId: "live-1",
          count: 2,
          oldestAt: now,
          newestAt: now,
          newestId: claims.at(-1)?.id,
          message: null
        }
      ])
      expect(yield* insight((insight) => insight.resent([id]))).toEqual([
        { webhookId: id, times: 1, lastAt: now }
      ])
    }))
})

describe("on SQLite, no question walks a table", () => {
  it.effect("however many rows there are", () =>
    Effect.gen(function* () {
      yield* scene
      const sql = yield* SqlClient.SqlClient
      const statements: Array<readonly [string, ReadonlyArray<unknown>]> = []
      const now = yield* DateTime.now
      yield* Effect.gen(function* () {
        const insight = yield* Reporting.Reporting
        yield* insight.series({ bucket: "hour", from: now, to: now })
        yield* insight.lastDay
        yield* insight.lastReceived("form")
        yield* insight.firstReceived("form")
        yield* insight.counted({ source: "form", name: "accepted", bucket: "hour", from: now, to: now })
        yield* insight.counted({ source: "form", name: "refused", bucket: "minute", from: now, to: now })
        yield* insight.failures
        yield* insight.snapshot
        yield* insight.deadLetters
        yield* insight.resent(["wh_1"])
        yield* insight.forgottenAt("inv_1")
        yield* insight.elsewhere
        yield* insight.trim
      }).pipe(
        Effect.provide(Reporting.layerSql, { local: true }),
        Effect.provideService(Statement.CurrentTransformer, (statement) =>
          Effect.sync(() => {
            statements.push(statement.compile())
            return statement
          })
        )
      )
      const walks: Array<string> = []
      for (const [text, parameters] of statements) {
        const plan = yield* sql.unsafe<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, parameters)
        walks.push(
          ...plan
            .map(({ detail }) => detail)
            .filter((detail) => /^SCAN (?:webhooks|invitations|people|counts|attempts)$/.test(detail))
        )
        if (text.includes("'refused'")) {
          expect(plan.map(({ detail }) => detail).join()).toContain("USING INDEX counts_refused")
        }
      }
      expect(statements.length).toBeGreaterThan(10)
      expect(walks).toEqual([])
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})

describe("events", () => {
  const layer = layerInboxSql.pipe(Layer.provideMerge(Layer.unwrap(Effect.map(databaseFile, layerFile))))

  it.effect("tell whoever listens what changes, without addresses, and nobody else", () =>
    Effect.gen(function* () {
      const events = yield* Events.Events
      yield* store([bob], { deliveryId: "0" })
      let made = 0
      yield* events.emit(() => {
        made++
        return []
      })
      expect(made).toBe(0)
      const heard = yield* Effect.forkChild(Stream.runCollect(Stream.take(events.all, 4)), {
        startImmediately: true
      })
      yield* store([alice], { deliveryId: "1" })
      const [, claimed] = yield* claim(2)
      yield* settle(yield* Effect.fromNullishOr(claimed), yield* settlement({ status: "invited" }))
      const told = yield* Fiber.join(heard)
      expect(told).toMatchObject([
        { type: "webhook", source: "form", status: "received" },
        { type: "webhook", status: "mapped" },
        { type: "invitation", liveId: "live-1", status: "pending" },
        { type: "invitation", spot: "main", status: "invited" }
      ])
      expect(JSON.stringify(told)).not.toContain("@")
    }).pipe(Effect.provide(layer))
  )
})
