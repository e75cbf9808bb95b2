import { assert, describe, expect, it } from "@effect/vitest"
import { Array, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { InviteError } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { gzipSync } from "node:zlib"
import { Inbox, Operations, SpotControl } from "../../../src/index.ts"
import { layerNoting } from "../../countedClient.ts"
import { layerInboxSql, layers, onEach } from "../../databases.ts"
import { claim, claimOne, membersOf, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, store } from "../../fixtures.ts"
import { layerMemory } from "../../sqliteTemplate.ts"

const bo = { ...alice, member: "bo@example.com" }

const bytes = (text: string) => new TextEncoder().encode(text)

const form = { "content-type": "application/x-www-form-urlencoded" }
const json = { "content-type": "application/json" }

/** Stored, and ignored by its mapping. */
const ignored = Effect.fnUntraced(function* (
  id: string,
  body: Uint8Array | string,
  headers: Record<string, string> = json,
  deliveryId: string = id
) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const stored = yield* inbox.accept(
    delivery({ deliveryId, headers, body: typeof body === "string" ? bytes(body) : body })
  )
  const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(stored.id))
  yield* inbox.map(webhook, { status: "ignored", reason: "not today" }, { spot: "main" })
  return stored.id
})

const statusOf = (id: string) =>
  Operations.Operations.use((operations) => Effect.map(operations.webhook(id), (webhook) => webhook?.status))

/** Every text in every table. */
const everything = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = [
    "people",
    "webhooks",
    "invitations",
    "attempts",
    "attempt_invitations",
    "quarantined",
    "spots",
    "paused_sources"
  ]
  const rows = yield* Effect.forEach(tables, (table) => sql`SELECT * FROM ${sql(table)}`)
  return rows
    .flat()
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)))
    .join("\n")
})

onEach((test) => {
  describe("forgetting a person", () => {
    test("empties the webhooks that name them in any spelling", () =>
      Effect.gen(function* () {
        const operations = yield* Operations.Operations
        const theirs = [
          yield* ignored("plain", '{"email":"bo@example.com"}'),
          yield* ignored("case", '{"email":"BO@Example.com"}'),
          yield* ignored("escaped", String.raw`{"email":"bo\u0040example.com"}`),
          yield* ignored("nested", JSON.stringify({ raw: String.raw`{"email":"bo\u0040example.com"}` })),
          yield* ignored("form", "data[email]=bo%40example.com&x=1", form),
          yield* ignored("plus", "note=mail+bo@example.com+now", form),
          yield* ignored("entity", '{"html":"<b>bo&#64;example.com</b>"}'),
          yield* ignored("gzip", gzipSync('{"email":"bo@example.com"}'), {
            ...json,
            "content-encoding": "gzip"
          }),
          yield* ignored("broken", '{"email":"bo@example.com"', json),
          yield* ignored("latin", Buffer.from('{"name":"Jürgen","email":"bo@example.com"}', "latin1")),
          yield* ignored("utf16", Buffer.from('\ufeff{"email":"bo@example.com"}', "utf16le")),
          yield* ignored(
            "parts",
            '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nbo@example.com\r\n--x--\r\n',
            { "content-type": "multipart/form-data; boundary=x" }
          ),
          yield* ignored("header", "{}", { ...json, "x-user": "bo@example.com" })
        ]
        const others = [
          yield* ignored("jumbo", '{"email":"jumbo@example.com"}'),
          yield* ignored("au", '{"email":"bo@example.com.au"}'),
          yield* ignored("tag", '{"email":"x+bo@example.com"}'),
          yield* ignored("tag form", "email=x%2Bbo%40example.com", form),
          yield* ignored("community", '{"email":"bo@example.community"}'),
          yield* ignored("curl", '{"email":"x+bo@example.com"}', form),
          yield* ignored("gzipped other", gzipSync('{"email":"jumbo@example.com"}'), {
            ...json,
            "content-encoding": "gzip"
          })
        ]
        const plan = yield* operations.forgetPlan(bo.member)
        expect(plan).toMatchObject({ webhooks: theirs.length, invitations: 0, unreadable: 0 })
        expect(yield* everything).toMatch(/x-user/)
        expect(yield* operations.forget(bo.member)).toEqual(plan)
        for (const id of theirs) expect(yield* statusOf(id)).toBe("forgotten")
        for (const id of others) expect(yield* statusOf(id)).toBe("ignored")
        expect(yield* everything).not.toMatch(/(?<![\w+])bo(?:@|%40|\\u0040)example\.com(?!\.au|m)/i)
      }))

    test("lets a webhook that waits invite the others in it, and empties it then", (inbox, operations) =>
      Effect.gen(function* () {
        const body = bytes(String.raw`["bo\u0040example.com", "alice@example.com"]`)
        const { id } = yield* inbox.accept(delivery({ deliveryId: "1", body }))
        const alone = yield* inbox.accept(delivery({ deliveryId: "2", body: bytes("bo@example.com") }))
        yield* TestClock.adjust("1 second")
        const plan = yield* operations.forgetPlan(bo.member)
        expect(plan).toMatchObject({ webhooks: 0, waiting: 2 })
        expect(yield* operations.forget(bo.member)).toEqual(plan)
        for (const webhook of yield* inbox.received(10)) {
          const invitations = webhook.id === id ? [bo, alice] : [bo]
          yield* inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main" })
        }
        expect(membersOf(yield* claim())).toEqual([alice.member])
        for (const one of [id, alone.id]) {
          expect(yield* operations.webhook(one)).toMatchObject({
            status: "forgotten",
            body: new Uint8Array(),
            headers: {}
          })
        }
        expect(yield* everything).not.toMatch(/bo(?:@|\\u0040)example/)
      }))

    test("knows a retry by a delivery id that names the person, which is never stored", (inbox, operations) =>
      Effect.gen(function* () {
        const id = yield* ignored("1", '{"email":"bo@example.com"}', json, "form:bo%40example.com")
        expect(yield* everything).not.toMatch(/form:bo/)
        yield* operations.forget(bo.member)
        expect(
          yield* inbox.accept(
            delivery({
              deliveryId: "form:bo%40example.com",
              headers: json,
              body: bytes('{"email":"bo@example.com"}')
            })
          )
        ).toEqual({ id, duplicate: true })
        expect(yield* everything).not.toMatch(/bo(?:@|%40)example/)
      }))

    test("replaces a delivery id that an earlier version stored, or that holds a member id", (inbox, operations) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const earlier = yield* ignored("earlier", "{}")
        yield* sql`UPDATE webhooks SET delivery_id = 'bo@example.com' WHERE id = ${earlier}`
        expect(yield* operations.forget(bo.member)).toMatchObject({ webhooks: 1, deliveryIds: 1 })
        expect(
          yield* inbox.accept(delivery({ deliveryId: "bo@example.com", headers: json, body: bytes("{}") }))
        ).toEqual({
          id: earlier,
          duplicate: true
        })
        const member = "3f0c7a52-9d5e-4c1b-8f5e-0a1b2c3d4e5f"
        yield* ignored(`member:${member}`, "{}")
        expect(yield* operations.forget(member)).toMatchObject({ webhooks: 1, deliveryIds: 1 })
        expect(yield* everything).not.toContain(member)
      }))

    test("takes them out of others' attempts, invitations and the reasons of pauses", (_, operations) =>
      Effect.gen(function* () {
        const control = yield* SpotControl.SpotControl
        const id = "3f0c7a52-9d5e-4c1b-8f5e-0a1b2c3d4e5f"
        const webhook = yield* store([
          { ...alice, invitedBySpotMemberId: id },
          { ...alice, liveId: "live-2" }
        ])
        yield* settle(yield* claimOne, {
          ...(yield* settlement({ status: "rejected" })),
          result: new InviteError.MalformedPayload({
            liveId: "live-1",
            reason: "Refused",
            answer: `the member ${id.toUpperCase()} is blocked`
          })
        })
        yield* control.pause("main", "operator", `while ${id} is away`)
        const plan = yield* operations.forgetPlan(id)
        expect(plan).toMatchObject({ invitations: 0, attempts: 2, inviters: 1, reasons: 1 })
        expect(yield* operations.forget(id)).toEqual(plan)
        expect((yield* everything).toLowerCase()).not.toContain(id)
        const [first, second] = yield* operations.invitations(webhook)
        expect(first).not.toHaveProperty("invitedBySpotMemberId")
        expect(yield* operations.attempts(first?.id ?? "")).toMatchObject([
          { error: { _tag: "MalformedPayload" }, answer: null }
        ])
        expect(second).toMatchObject({ status: "pending", member: alice.member })
        yield* control.resume("main")
        expect(membersOf(yield* claim())).toEqual([alice.member])
      }))

    test("takes the participant that an answer was, and leaves those of others in the same call", (inbox, operations) =>
      Effect.gen(function* () {
        const webhook = yield* store([bo, alice])
        const claims = yield* claim()
        assert(Array.isReadonlyArrayNonEmpty(claims))
        const call = yield* settlement({ status: "invited" })
        const outcomes = Array.map(claims, (claim) => ({
          claim,
          next: call.next,
          result: LiveParticipantsTest.participant(claim.invitation)
        }))
        yield* inbox.settle({ ...call, outcomes })
        yield* store([{ ...bo, liveId: "live-2" }], { deliveryId: "2" })
        yield* settle(yield* claimOne, { ...call, result: LiveParticipantsTest.participant(bo) })
        expect((yield* everything).match(/"bo@example\.com"/g)).toHaveLength(2)
        const plan = yield* operations.forgetPlan(bo.member)
        expect(plan).toMatchObject({ invitations: 2, attempts: 2 })
        expect(yield* operations.forget(bo.member)).toEqual(plan)
        expect(yield* everything).not.toContain(bo.member)
        const [forgotten, kept] = yield* operations.invitations(webhook)
        expect(yield* operations.attempts(forgotten?.id ?? "")).toEqual([])
        expect(yield* operations.attempts(kept?.id ?? "")).toMatchObject([
          { participant: { spotMemberEmail: alice.member } }
        ])
      }))

    test("takes what the upstream said of a call for several, of whom they were one", (inbox, operations) =>
      Effect.gen(function* () {
        const webhook = yield* store([bo, alice])
        const claims = yield* claim()
        assert(Array.isReadonlyArrayNonEmpty(claims))
        const call = yield* settlement({ status: "rejected" })
        const answer = `${bo.member} is blocked`
        const result = new InviteError.MalformedPayload({ liveId: "live-1", reason: "Refused", answer })
        const outcomes = Array.map(claims, (claim) => ({ claim, next: call.next, result }))
        yield* inbox.settle({ ...call, outcomes })
        expect(yield* everything).toContain(answer)
        yield* operations.forget(bo.member)
        expect(yield* everything).not.toContain(bo.member)
        const [forgotten, kept] = yield* operations.invitations(webhook)
        expect(yield* operations.attempts(forgotten?.id ?? "")).toEqual([])
        expect(yield* operations.attempts(kept?.id ?? "")).toMatchObject([
          { answer: null, error: { _tag: "MalformedPayload" } }
        ])
      }))

    test("finds who is stored under another spelling of the address", (_, operations) =>
      Effect.gen(function* () {
        yield* store(
          ["Jürgen@münchen.de", "jürgen@xn--mnchen-3ya.de"].map((member) => ({ liveId: "live-1", member }))
        )
        expect(yield* operations.forget("JÜRGEN@MÜNCHEN.DE")).toMatchObject({ invitations: 2, cancelled: 2 })
        expect(yield* claim()).toEqual([])
      }))

    test("changes nothing for a plan", (_, operations) =>
      Effect.gen(function* () {
        yield* store([bo], { body: bytes(bo.member) })
        const before = yield* everything
        yield* operations.forgetPlan(bo.member)
        expect(yield* everything).toBe(before)
        expect(membersOf(yield* claim())).toEqual([bo.member])
      }))

    test("refuses what is no whole address and no id, and says why", (_, operations) =>
      Effect.gen(function* () {
        yield* store([bo], { body: bytes(bo.member) })
        const before = yield* everything
        const refused = [
          "",
          " ",
          "@",
          "@example.com",
          "example.com",
          "bo",
          "bo@",
          "bo@example",
          "%40",
          "a@b.cd, c@d.ef"
        ]
        for (const text of [...refused, "3f0c7a52", "M-17"]) {
          for (const call of [operations.forget(text), operations.forgetPlan(text)]) {
            const { message } = yield* Effect.flip(call)
            expect(message).toMatch(/^The text (?:is|names) .+\.$/)
            if (text.length > 1) expect(message).not.toContain(`${text} `)
          }
        }
        expect(yield* everything).toBe(before)
        expect(yield* operations.forget("M-17", { memberIds: [/M-\d+/] })).toMatchObject({ invitations: 0 })
      }))

    test("searches for no short id: it means something else in other bodies", (_, operations) =>
      Effect.gen(function* () {
        yield* store([{ ...alice, member: "42" }], { deliveryId: "1", body: bytes('{"id":42}') })
        const other = yield* ignored("2", '{"count":42}')
        expect(yield* operations.forget("42")).toMatchObject({ invitations: 1, webhooks: 1, unreadable: 0 })
        expect(yield* statusOf(other)).toBe("ignored")
        expect(yield* claim()).toEqual([])
      }))

    test("counts compressed bodies that can't be read, and leaves them", (_, operations) =>
      Effect.gen(function* () {
        const id = yield* ignored("1", "no gzip at all", { ...json, "content-encoding": "gzip" })
        expect(yield* operations.forget(bo.member)).toMatchObject({ webhooks: 0, unreadable: 1 })
        expect(yield* statusOf(id)).toBe("ignored")
      }))

    test("goes on accepting meanwhile", (inbox, operations) =>
      Effect.gen(function* () {
        yield* Effect.forEach(
          Array.makeBy(40, (at) => at),
          (at) => inbox.accept(delivery({ deliveryId: `old-${at}`, body: bytes("x".repeat(100_000)) })),
          { concurrency: "unbounded" }
        )
        const work = yield* Effect.forkChild(operations.forget(bo.member))
        let accepted = 0
        while (work.pollUnsafe() === undefined)
          yield* inbox.accept(delivery({ deliveryId: `new-${accepted++}` }))
        yield* Fiber.join(work)
        expect(accepted).toBeGreaterThan(5)
      }))
  })
})

describe("forgetting a person", () => {
  it.effect("reads all that is stored for one person at a time", () => {
    const log: Array<string> = []
    return Effect.gen(function* () {
      const operations = yield* Operations.Operations
      const plans = (concurrency: number) =>
        Effect.gen(function* () {
          log.length = 0
          yield* Effect.forEach([bo.member, alice.member], (person) => operations.forgetPlan(person), {
            concurrency
          })
          return log.slice()
        })
      yield* store([alice, bo])
      const inTurn = yield* plans(1)
      expect(yield* plans(2)).toEqual(inTurn)
    }).pipe(
      Effect.provide(
        layerInboxSql.pipe(Layer.provideMerge(layerNoting(log)), Layer.provideMerge(layerMemory))
      )
    )
  })

  it.effect("fails where the database does", () =>
    Effect.gen(function* () {
      yield* SqlClient.SqlClient.use((sql) => sql`DROP TABLE attempt_invitations`)
      yield* store([bo])
      const failed = yield* Effect.flip(
        Operations.Operations.use((operations) => operations.forget(bo.member))
      )
      expect(failed).toBeInstanceOf(Inbox.InboxUnavailable)
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})
