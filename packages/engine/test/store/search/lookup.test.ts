import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Stream } from "effect"
import { SqlClient, Statement } from "effect/sql"
import { TestClock } from "effect/testing"
import { LiveCatalog, Operations, type Sources } from "../../../src/index.ts"
import { layers, onEach } from "../../databases.ts"
import { claimOne, settle, settlement } from "../../dispatching.ts"
import * as fixtures from "../../fixtures.ts"
import { alice, delivery, people, store } from "../../fixtures.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

const lookUp = (text: string) => Operations.Operations.use((operations) => operations.lookUp(text))

const nothing = { lives: [], webhookIds: [], invitationIds: [], refused: [], people: [], next: null }

const quarantined = Effect.fnUntraced(function* (
  id: string,
  headers: object,
  body: string,
  target = "/webhooks/crm"
) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO quarantined ${sql.insert([
    {
      id,
      source: "crm",
      digest: id,
      sender: "custom",
      first_at: 1_000,
      last_at: 2_000,
      times: 1,
      size: body.length,
      reason: "SignatureMismatch",
      message: "The signature does not match.",
      method: "POST",
      target,
      headers: JSON.stringify(headers),
      body: new TextEncoder().encode(body)
    }
  ])}`
})

onEach((test) => {
  test("an id finds its webhook, its invitation or its delivery in quarantine", (_, operations) =>
    Effect.gen(function* () {
      const webhook = yield* store([alice])
      const [invitation] = yield* operations.invitations(webhook)
      yield* quarantined("qu_1", {}, "{}")
      expect(yield* lookUp(` ${webhook} `)).toEqual({ ...nothing, webhookIds: [webhook] })
      expect(yield* lookUp(invitation?.id ?? "")).toEqual({ ...nothing, invitationIds: [invitation?.id] })
      expect((yield* lookUp("qu_1")).refused).toMatchObject([{ id: "qu_1", source: "crm", times: 1 }])
      expect(yield* lookUp("wh_none")).toEqual(nothing)
    }))

  test("a delivery id finds the webhooks of every source, also one that was hashed and one that was reused", (inbox) =>
    Effect.gen(function* () {
      const accept = (source: string, deliveryId: string, body: string) =>
        Effect.map(
          inbox.accept(delivery({ source, deliveryId, body: new TextEncoder().encode(body) })),
          ({ id }) => id
        )
      const form = yield* accept("form", "message-1", "{}")
      const crm = yield* accept("crm", "message-1", "{}")
      const reused = yield* accept("crm", "message-1", "[]")
      yield* accept("crm", "message-2", "{}")
      expect((yield* lookUp("message-1")).webhookIds.toSorted()).toEqual([form, crm, reused].toSorted())
      const named = yield* accept("crm", "ann@example.com-7", "{}")
      expect((yield* lookUp("ann@example.com-7")).webhookIds).toEqual([named])
    }))

  test("a trace id finds the webhook and the invitations of the trace", (_, operations) =>
    Effect.gen(function* () {
      const webhook = yield* store([alice], { traceparent })
      const [invitation] = yield* operations.invitations(webhook)
      yield* store([{ ...alice, member: "bob@example.com" }], { deliveryId: "2" })
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      expect(yield* lookUp(traceId.toUpperCase())).toEqual({
        ...nothing,
        webhookIds: [webhook],
        invitationIds: [invitation?.id]
      })
    }))

  test("a part of an address finds the people, a text in quarantine its deliveries", () =>
    Effect.gen(function* () {
      for (const member of ["ann@example.com", "joann@example.org", "bob@example.com"]) {
        yield* store([{ ...alice, member }], { deliveryId: member })
      }
      yield* quarantined("qu_1", {}, "{}", "/webhooks/JoAnn")
      yield* quarantined("qu_2", {}, '{"email":"ann@example.com"}')
      yield* quarantined("qu_3", {}, "{}")
      const { people, refused } = yield* lookUp("Ann")
      expect(people.toSorted()).toEqual(["ann@example.com", "joann@example.org"])
      expect(refused.map(({ id }) => id)).toEqual(["qu_2", "qu_1"])
      expect(yield* lookUp("%")).toEqual(nothing)
      expect(yield* lookUp("\u0000")).toEqual(nothing)
    }))

  test("a part of an address finds the webhooks without an invitation that have it in their body", (inbox, operations) =>
    Effect.gen(function* () {
      const accept = (deliveryId: string) =>
        Effect.map(
          inbox.accept(delivery({ deliveryId, body: new TextEncoder().encode(`{"to":"${deliveryId}"}`) })),
          ({ id }) => id
        )
      const sql = yield* SqlClient.SqlClient
      const mapped = yield* accept("joann@example.com")
      yield* sql`UPDATE webhooks SET status = 'mapped' WHERE id = ${mapped}`
      const others: Array<string> = []
      for (const status of ["received", "held", "unmappable", "ignored"]) {
        const id = yield* accept(`joann-${status}@example.com`)
        yield* sql`UPDATE webhooks SET status = ${status} WHERE id = ${id}`
        others.push(id)
      }
      for (let n = 0; n < 120; n++) yield* accept(`bob-${n}@example.com`)
      expect((yield* lookUp("bob-")).webhookIds).toHaveLength(50)
      expect((yield* lookUp("JOANN")).webhookIds).toEqual(others)
      const found: Array<string> = []
      let after: string | undefined
      do {
        const part = yield* operations
          .lookUp("joann", { after })
          .pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
        found.push(...part.webhookIds)
        after = part.next ?? undefined
      } while (after !== undefined)
      expect(found).toEqual(others)
    }))

  test("a secret in quarantine is not found, also one of a source that was configured anew", () =>
    Effect.gen(function* () {
      const headers = {
        shown: { "x-delivery": "message-77", "x-pass": "opensesame-1" },
        masked: { authorization: "Bearer opensesame-2" }
      }
      yield* quarantined("qu_1", headers, "{}", "/webhooks/crm?token=opensesame-3")
      const sender = { ...fixtures.sender, scheme: { scheme: "token", header: "x-pass" } } as const
      const source = yield* fixtures.makeSource({ name: "crm", sender })
      const sources = new Map([["crm", source]])
      const found = (text: string, sources?: Sources.All) =>
        Effect.map(
          Operations.Operations.use((operations) => operations.lookUp(text, { sources })),
          ({ refused }) => refused.length
        )
      expect(yield* found("MESSAGE-77", sources)).toBe(1)
      expect(yield* found("message-77")).toBe(0)
      expect(yield* found("opensesame", sources)).toBe(0)
      expect(yield* found("token=", sources)).toBe(0)
      expect(yield* found("masked", sources)).toBe(0)
    }))

  test("a part of a title finds the Lives, in any case and any Unicode form, and an id finds its Live", (_, operations) =>
    Effect.gen(function* () {
      const catalog = yield* LiveCatalog.LiveCatalog
      const titles = { a: "Ünïted Product Demo", b: "U\u0308NÏTED 100%", c: "Another" }
      for (const [liveId, title] of Object.entries(titles)) {
        yield* store(people(1, liveId), { deliveryId: liveId })
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        const reading = yield* catalog.next({ spot: "main", budget: undefined, lease: Duration.minutes(1) })
        const startsAt = DateTime.makeUnsafe(liveId === "a" ? "2030-01-01T10:00:00Z" : "2031-01-01T10:00:00Z")
        yield* catalog.store(reading ?? expect.unreachable(), { title, startsAt, endsAt: startsAt })
      }
      const found = (text: string) =>
        Effect.map(lookUp(text), ({ lives }) => lives.map(({ liveId }) => liveId))
      expect(yield* found("ünïted")).toEqual(["b", "a"])
      expect(yield* found("product DEMO")).toEqual(["a"])
      expect(yield* found("%")).toEqual(["b"])
      expect(yield* found("c")).toEqual(["c", "a"])
      expect((yield* lookUp("another")).lives).toEqual([
        { spot: "main", liveId: "c", title: "Another", startsAt: DateTime.makeUnsafe("2031-01-01T10:00:00Z") }
      ])
      yield* TestClock.adjust("1 day")
      yield* Stream.runDrain(operations.purge({ before: yield* DateTime.now, all: true }))
      expect(yield* found("ünïted")).toEqual([])
    }))

  test("more Lives than a batch or an answer holds are all found, each once", (_, operations) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const count = 1_100
      yield* store(
        Array.from({ length: count }, (_, n) => ({ ...alice, liveId: `live-${n}` })),
        { deliveryId: "many" }
      )
      yield* sql`UPDATE lives SET title = 'Demo ' || live_id`
      const found: Array<string> = []
      let [after, calls] = [undefined as string | undefined, 0]
      do {
        const { lives, next } = yield* operations
          .lookUp("demo live-1", { after })
          .pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
        expect(lives.length).toBeLessThanOrEqual(50)
        found.push(...lives.map(({ liveId }) => liveId))
        after = next ?? undefined
        calls++
      } while (after !== undefined)
      const wanted = Array.from({ length: count }, (_, n) => `live-${n}`).filter((id) =>
        id.startsWith("live-1")
      )
      expect(found.toSorted()).toEqual(wanted.toSorted())
      expect(calls).toBeGreaterThan(wanted.length / 50)
    }))

  test("a search of many rows stops in time and at 50 results, and continues where it stopped", (_, operations) =>
    Effect.gen(function* () {
      const members = Array.from({ length: 70 }, (_, index) => `person-${index}@example.com`)
      yield* store(members.map((member) => ({ ...alice, member })))
      yield* quarantined("qu_1", {}, "example.com")
      const found: Array<string> = []
      let after: string | undefined
      let calls = 0
      do {
        const { refused, people, next } = yield* operations
          .lookUp("example.com", { after })
          .pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
        expect(people.length + refused.length).toBeLessThanOrEqual(50)
        found.push(...refused.map(({ id }) => id), ...people)
        after = next ?? undefined
        calls++
      } while (after !== undefined)
      expect(found).toHaveLength(71)
      expect(new Set(found)).toEqual(new Set(["qu_1", ...members]))
      expect(calls).toBeGreaterThan(2)
    }))
})

describe("on SQLite, a search", () => {
  it.effect("finds by an id without walking a table", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const operations = yield* Operations.Operations
      yield* store([alice])
      const statements: Array<readonly [string, ReadonlyArray<unknown>]> = []
      yield* Effect.provideService(
        Effect.andThen(operations.lookUp("delivery-1"), operations.mentions("bob@example.com")),
        Statement.CurrentTransformer,
        (statement) =>
          Effect.sync(() => {
            statements.push(statement.compile())
            return statement
          })
      )
      const walks: Array<string> = []
      for (const [text, parameters] of statements) {
        const plan = yield* sql.unsafe<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, parameters)
        // A batch may begin at the end of an index, with a limit.
        if (text.includes("LIMIT")) continue
        walks.push(
          ...plan
            .map(({ detail }) => detail)
            .filter((detail) => /^SCAN (?:webhooks|invitations|people|quarantined|[wil])\b/.test(detail))
        )
      }
      expect(statements.length).toBeGreaterThan(10)
      expect(walks).toEqual([])
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})
