/** What every Inbox must do, whatever it stores in. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, type Layer, PubSub } from "effect"
import { TestClock } from "effect/testing"
import { InviteError } from "@usher/core"
import { hostname } from "node:os"
import { Inbox, Operations } from "../src/index.ts"
import { withPorts } from "./databases.ts"
import { again, claim, claimOne, membersOf, nextDue, settle, settlement } from "./dispatching.ts"
import { alice, delivery, people, store } from "./fixtures.ts"

const only = Effect.fnUntraced(function* (webhookId: string) {
  const operations = yield* Operations.Operations
  const [first, ...rest] = yield* operations.invitations(webhookId)
  expect(rest).toEqual([])
  return yield* Effect.fromNullishOr(first)
})

export const inboxContract = <E>(
  name: string,
  layer: Layer.Layer<Inbox.Inbox | Operations.Operations, E>
): void => {
  const test = <A, TestError>(
    sentence: string,
    body: (
      inbox: Inbox.Inbox["Service"],
      operations: Operations.Operations["Service"]
    ) => Effect.Effect<A, TestError, Inbox.Inbox | Operations.Operations>
  ) => it.effect(sentence, () => Effect.provide(withPorts(body), layer))

  describe(`${name}: accept`, () => {
    test(
      "keeps the delivery as it came",
      Effect.fnUntraced(function* (inbox, operations) {
        yield* TestClock.adjust("90 seconds")
        const body = Uint8Array.from([0, 255, 13, 10, 0])
        const { id, duplicate } = yield* inbox.accept(delivery({ body, traceparent: "00-a-b-01" }))
        expect(duplicate).toBe(false)
        expect(yield* operations.webhook(id)).toEqual({
          ...delivery({ body, traceparent: "00-a-b-01" }),
          id,
          firstWebhookId: null,
          release: null,
          receivedAt: DateTime.makeUnsafe(90_000),
          receivedBy: hostname(),
          lane: "live",
          status: "received",
          reason: null,
          mappingVersion: null,
          mappedAt: null
        })
        expect(yield* operations.webhook("wh_unknown")).toBeUndefined()
      })
    )

    test(
      "answers a delivery it has seen with the first one's id, within one source",
      Effect.fnUntraced(function* (inbox) {
        const first = yield* inbox.accept(delivery())
        expect(yield* inbox.accept(delivery())).toEqual({ id: first.id, duplicate: true })
        expect(yield* inbox.accept(delivery({ source: "other" }))).toMatchObject({ duplicate: false })
        expect((yield* inbox.received(10)).map(({ body }) => body.length)).toEqual([2, 2])
      })
    )

    test(
      "gives each of many at once an id of its own, oldest first",
      Effect.fnUntraced(function* (inbox) {
        const deliveries = Array.from({ length: 200 }, (_, index) => delivery({ deliveryId: `${index}` }))
        const accepted = yield* Effect.forEach(deliveries, inbox.accept, { concurrency: "unbounded" })
        expect(new Set(accepted.map(({ id }) => id)).size).toBe(200)
        expect((yield* inbox.received(200)).map(({ id }) => id)).toEqual(accepted.map(({ id }) => id))
        expect(yield* inbox.received(3)).toHaveLength(3)
      })
    )

    test(
      "stores one of many equal deliveries at once",
      Effect.fnUntraced(function* (inbox) {
        const accepted = yield* Effect.all(
          Array.from({ length: 20 }, () => inbox.accept(delivery())),
          {
            concurrency: "unbounded"
          }
        )
        expect(accepted.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
        expect(new Set(accepted.map(({ id }) => id)).size).toBe(1)
      })
    )
  })

  describe(`${name}: map`, () => {
    test(
      "makes one invitation for each person and Live of a Spot, whatever the case of the address",
      Effect.fnUntraced(function* (_, operations) {
        const id = yield* store([
          alice,
          { liveId: "live-1", member: "Alice@Example.COM" },
          { liveId: "live-2", member: alice.member },
          { liveId: "live-1", member: "Member-7" },
          { liveId: "live-1", member: "member-7" }
        ])
        expect(
          (yield* operations.invitations(id)).map(({ liveId, member }) => `${liveId} ${member}`)
        ).toEqual([
          "live-1 alice@example.com",
          "live-2 alice@example.com",
          "live-1 Member-7",
          "live-1 member-7"
        ])
        yield* store([alice], { deliveryId: "delivery-2" }, { spot: "another-spot" })
        expect(yield* claim(10, "another-spot")).toHaveLength(1)
      })
    )

    test(
      "finds and forgets by the very text what an older version stored, and anybody else however written",
      Effect.fnUntraced(function* (_, operations) {
        const old = ["a1@example.com,b1@example.com", "<bare@example.com>", "zwend@example.com\u200B", "N/A"]
        const now = ["bare@example.com", alice.member, "a1@example.com"]
        yield* store(old.concat(now).map((member) => ({ liveId: "live-1", member })))
        const found = (person: string) =>
          Effect.map(operations.searchInvitations({ person }, { limit: 9 }), ({ items }) =>
            items.map(({ member }) => member)
          )
        for (const text of old) expect(yield* found(text)).toEqual([text])
        for (const text of [
          "Alice <ALICE@example.com>",
          " alice@example.com\u200B",
          "mailto:alice@example.com"
        ]) {
          expect(yield* found(text)).toEqual([alice.member])
          expect(
            yield* Effect.map(operations.searchWebhooks({ person: text }, { limit: 9 }), ({ items }) => items)
          ).toHaveLength(1)
        }
        expect(yield* found("zwend@example.com")).toEqual([])
        expect(yield* found("alice@example.com, a1@example.com")).toEqual([])

        for (const text of old) expect(yield* operations.forget(text)).toMatchObject({ invitations: 1 })
        for (const person of now) expect(yield* found(person)).toEqual([person])
        expect(yield* operations.forget('"Alice" <alice@example.com>')).toMatchObject({ invitations: 1 })
        expect(yield* found(alice.member)).toEqual([null])
      })
    )

    test(
      "forgets no body by a text that names nobody",
      Effect.fnUntraced(function* (inbox, operations) {
        const body = new TextEncoder().encode('{"email":"N/A, alice@example.com"}')
        const { id } = yield* inbox.accept(delivery({ body }))
        const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
        yield* inbox.map(webhook, { status: "ignored", reason: "not today" }, { spot: "main" })
        for (const text of ["@", "N/A", "@example.com", "-"]) {
          expect(yield* Effect.flip(operations.forget(text))).toMatchObject({ _tag: "NotAPerson" })
        }
        expect(yield* operations.forget("Alice <alice@example.com>")).toMatchObject({
          invitations: 0,
          webhooks: 1
        })
      })
    )

    test(
      "keeps all that was asked for",
      Effect.fnUntraced(function* (_, operations) {
        const full = { ...alice, invitedBySpotMemberId: "host-1", withEmailNotification: false }
        const id = yield* store([full], { traceparent: "00-a-b-01" })
        const now = yield* DateTime.now
        expect(yield* operations.invitations(id)).toEqual([
          {
            ...full,
            id: expect.stringMatching(/^inv_/),
            spot: "main",
            source: "form",
            status: "pending",
            lane: "live",
            attempts: 0,
            dueAt: now,
            expiresAt: null,
            createdAt: now,
            requestedAt: now,
            settledAt: null,
            lastError: null,
            traceId: null,
            webhookIds: [id]
          }
        ])
        expect(yield* claimOne).toMatchObject({ invitation: full, attempt: 1, traceparent: "00-a-b-01" })
      })
    )

    test(
      "attaches a second webhook to the invitation that is there",
      Effect.fnUntraced(function* () {
        const first = yield* store([alice])
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        const second = yield* store([alice], { deliveryId: "delivery-2" })
        const invitation = yield* only(second)
        expect(invitation).toMatchObject({ status: "invited", webhookIds: [first, second] })
        expect(yield* only(first)).toEqual(invitation)
        expect(yield* claim()).toEqual([])
      })
    )

    test(
      "keeps the reason of what makes no invitation, and maps nothing twice",
      Effect.fnUntraced(function* (inbox, operations) {
        for (const status of ["ignored", "unmappable"] as const) {
          const { id } = yield* inbox.accept(delivery({ deliveryId: status }))
          const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
          yield* inbox.map(webhook, { status, reason: `it is ${status}` }, { spot: "main" })
          expect(yield* operations.webhook(id)).toMatchObject({ status, reason: `it is ${status}` })
          expect(yield* operations.invitations(id)).toEqual([])
        }
        expect(yield* inbox.received(10)).toEqual([])
      })
    )
  })

  describe(`${name}: claim`, () => {
    test(
      "leases what is due, longest due first, up to the limit, each to one dispatcher",
      Effect.fnUntraced(function* () {
        yield* store(people(3))
        yield* settle(yield* claimOne, yield* again("10 seconds"))
        expect(membersOf(yield* claim(1))).toEqual(["person-1@example.com"])
        expect(membersOf(yield* claim())).toEqual(["person-2@example.com"])
        expect(yield* claim()).toEqual([])
        yield* TestClock.adjust("9999 millis")
        expect(yield* claim()).toEqual([])
        yield* TestClock.adjust("1 milli")
        expect(membersOf(yield* claim())).toEqual(["person-0@example.com"])
      })
    )

    test(
      "prefers the one that has been due for longest",
      Effect.fnUntraced(function* () {
        yield* store(people(1))
        yield* settle(yield* claimOne, yield* again("20 seconds"))
        yield* TestClock.adjust("10 seconds")
        yield* store([alice], { deliveryId: "delivery-2" })
        yield* TestClock.adjust("10 seconds")
        expect(membersOf(yield* claim(1))).toEqual([alice.member])
        expect(membersOf(yield* claim(1))).toEqual(["person-0@example.com"])
      })
    )

    test(
      "takes what a dispatcher that died has left, and fences that one off",
      Effect.fnUntraced(function* (inbox, operations) {
        const id = yield* store([alice])
        const lost = yield* claimOne
        yield* TestClock.adjust("119999 millis")
        expect(yield* claim()).toEqual([])
        yield* TestClock.adjust("1 milli")
        const taken = yield* claimOne
        expect(taken).toMatchObject({ id: lost.id, attempt: 2 })

        const { lostCallAt, ...before } = yield* only(id)
        expect(lostCallAt).toEqual(DateTime.makeUnsafe(0))
        expect(yield* settle(lost, yield* settlement({ status: "rejected" }))).toBe(false)
        expect(yield* inbox.release(lost)).toBe(false)
        expect(yield* only(id)).toEqual(before)
        expect(yield* operations.attempts(lost.id)).toMatchObject([{ number: 1 }])

        expect(yield* settle(taken, yield* settlement({ status: "invited" }))).toBe(true)
        expect(yield* settle(taken, yield* settlement({ status: "rejected" }))).toBe(false)
        expect(yield* only(id)).toMatchObject({ status: "invited", attempts: 2 })
      })
    )
  })

  describe(`${name}: settle and release`, () => {
    test(
      "ends the invitation, and tells how the last attempt went",
      Effect.fnUntraced(function* () {
        const id = yield* store([alice])
        yield* TestClock.adjust("5 seconds")
        const refused = new InviteError.MalformedPayload({ liveId: alice.liveId, reason: "Refused" })
        expect(yield* settle(yield* claimOne, yield* settlement({ status: "rejected" }, refused))).toBe(true)
        expect(yield* only(id)).toMatchObject({
          status: "rejected",
          attempts: 1,
          settledAt: DateTime.makeUnsafe(5_000),
          lastError: "MalformedPayload",
          traceId: "trace-1"
        })
        yield* TestClock.adjust("1 day")
        expect(yield* claim()).toEqual([])
      })
    )

    test(
      "counts a burnt attempt and no other, and stores times whole",
      Effect.fnUntraced(function* () {
        const id = yield* store([alice])
        yield* settle(yield* claimOne, yield* again("1234.5678 millis"))
        expect(yield* only(id)).toMatchObject({
          status: "pending",
          attempts: 1,
          dueAt: DateTime.makeUnsafe(1_235),
          settledAt: null,
          lastError: "UpstreamUnavailable"
        })
        yield* TestClock.adjust("2 seconds")
        const second = yield* claimOne
        expect(second.attempt).toBe(2)
        yield* settle(second, yield* again("0 millis", false))
        expect(yield* only(id)).toMatchObject({ attempts: 1 })
        expect(yield* claimOne).toMatchObject({ attempt: 2 })
      })
    )

    test(
      "gives a claim back, due at once and not burnt",
      Effect.fnUntraced(function* (inbox) {
        const id = yield* store([alice])
        expect(yield* inbox.release(yield* claimOne)).toBe(true)
        expect(yield* only(id)).toMatchObject({ status: "pending", attempts: 0, lastError: null })
        expect(yield* claimOne).toMatchObject({ attempt: 1 })
      })
    )
  })

  describe(`${name}: for those who wait`, () => {
    test(
      "tells when the next one is due or its lease ends",
      Effect.fnUntraced(function* () {
        expect(yield* nextDue()).toBeUndefined()
        yield* store(people(2))
        expect(yield* nextDue()).toEqual(DateTime.makeUnsafe(0))
        expect(yield* nextDue("other")).toBeUndefined()
        const [first, second] = yield* claim()
        expect(yield* nextDue()).toEqual(DateTime.makeUnsafe(120_000))
        yield* settle(yield* Effect.fromNullishOr(first), yield* again("30 seconds"))
        expect(yield* nextDue()).toEqual(DateTime.makeUnsafe(30_000))
        yield* TestClock.adjust("30 seconds")
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        yield* settle(yield* Effect.fromNullishOr(second), yield* settlement({ status: "invited" }))
        expect(yield* nextDue()).toBeUndefined()
      })
    )

    test("signals what is new, and nothing else", (inbox, operations) =>
      Effect.scoped(
        Effect.gen(function* () {
          const received = yield* inbox.signals("received")
          const due = yield* inbox.signals("due")
          const heard = Effect.map(
            Effect.all([PubSub.takeUpTo(received, 10), PubSub.takeUpTo(due, 10)]),
            (signals) => signals.flat()
          )
          const { id } = yield* inbox.accept(delivery())
          expect(yield* heard).toEqual(["received"])
          yield* inbox.accept(delivery())
          expect(yield* heard).toEqual([])

          const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
          yield* inbox.map(webhook, { status: "ignored", reason: "not today" }, { spot: "main" })
          expect(yield* heard).toEqual([])
          yield* store(people(2), { deliveryId: "delivery-2" })
          expect(yield* heard).toEqual(["received", "due"])

          yield* settle(yield* claimOne, yield* again("1 second"))
          expect(yield* heard).toEqual(["due"])
          yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
          expect(yield* heard).toEqual([])
        })
      ))

    test("says that it can be written", (inbox) => inbox.check)
  })
}
