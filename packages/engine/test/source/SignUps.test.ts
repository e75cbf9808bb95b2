import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schema, Stream } from "effect"
import type { Sender } from "@usher/signatures"
import { Secret } from "@usher/signatures"
import { Inbox, Mapping, Operations, Preview, SignUps, Source } from "../../src/index.ts"
import { layerExpressions } from "../evaluator.ts"
import { alice, delivery, layerInbox, makeSource, sender } from "../fixtures.ts"

const events: SignUps.SignUps = { name: { json: "event" }, signUps: ["invitee.created", "invitee.moved"] }

/** One that tells of cancellations, too. */
const calendar: Sender.Sender = { ...sender, name: "calendar", events }

const json = { "content-type": "application/json" }

const event = (body: unknown, headers: Readonly<Record<string, string>> = json): Mapping.Event => ({
  source: "form",
  headers,
  body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body))
})

const invitee = { event: "invitee.created", live: alice.liveId, email: alice.member }

const mapped = { status: "mapped", invitations: [alice], reason: null }

const notSignUp = (named = "") => ({
  status: "ignored",
  reason: `event ${named}is not a sign-up (invitee.created, invitee.moved)`
})

const rules: Mapping.Rules = { live: { expr: "live" }, member: { expr: "email" } }

const map = Effect.fnUntraced(function* (given: Mapping.Event, options: Partial<Source.Options> = {}) {
  const { mapping } = yield* makeSource({ sender: calendar, ...options })
  return yield* mapping.map(given)
}, Effect.provide(layerExpressions))

describe("of a sender that names its events", () => {
  it.effect("sign-ups are mapped, and others are ignored with their name", () =>
    Effect.gen(function* () {
      expect(yield* map(event(invitee))).toEqual(mapped)
      expect(yield* map(event({ ...invitee, event: " invitee.moved " }))).toEqual(mapped)
      expect(yield* map(event({ ...invitee, event: "invitee.canceled" }))).toEqual(
        notSignUp("invitee.canceled ")
      )
    })
  )

  it.effect("a ping without an address is ignored, and not unmappable", () =>
    Effect.gen(function* () {
      expect(yield* map(event({ event: "ping" }))).toEqual(notSignUp("ping "))
    })
  )

  it.effect.each([
    [{ live: alice.liveId, email: alice.member }],
    [{ ...invitee, event: null }],
    [{ ...invitee, event: "" }]
  ])("one without a name is mapped as usual: %j", ([body]) =>
    Effect.gen(function* () {
      expect(yield* map(event(body))).toEqual(mapped)
    })
  )

  it.effect.each(["alice@example.com", "Alice Example", "x".repeat(65), "+49 123", "7"])(
    "a name that may be data is not shown: %s",
    (named) =>
      Effect.gen(function* () {
        expect(yield* map(event({ ...invitee, event: named }))).toEqual(notSignUp())
      })
  )

  it.effect("a body that is not read is unmappable as usual", () =>
    Effect.gen(function* () {
      expect(yield* map(event("{"))).toEqual({ status: "unmappable", reason: "the body is not JSON" })
    })
  )

  it.effect("the filter must hold as well", () =>
    Effect.gen(function* () {
      const mapping = yield* Mapping.make({ ...rules, when: { expr: "consent" } })
      expect(yield* map(event(invitee), { mapping })).toEqual({
        status: "ignored",
        reason: "when: the filter consent returned no"
      })
      const canceled = { ...invitee, event: "invitee.canceled", consent: true }
      expect(yield* map(event(canceled), { mapping })).toEqual(notSignUp("invitee.canceled "))
      expect(yield* map(event({ ...invitee, consent: true }), { mapping })).toEqual(mapped)
    })
  )

  it.effect("a source may count others, or all", () =>
    Effect.gen(function* () {
      const canceled = event({ ...invitee, event: "invitee.canceled" })
      expect(yield* map(canceled, { events: "all" })).toEqual(mapped)
      expect(yield* map(canceled, { events: { ...events, signUps: ["invitee.canceled"] } })).toEqual(mapped)
      const all = yield* Mapping.make({ ...rules, events: "all" })
      expect(yield* map(canceled, { mapping: all })).toEqual(mapped)
    })
  )

  it.effect("all count where the sender's list is empty, or unknown", () =>
    Effect.gen(function* () {
      const canceled = event({ ...invitee, event: "invitee.canceled" })
      const none = { ...calendar, events: { name: events.name, signUps: [] } }
      expect(yield* map(canceled, { sender: none })).toEqual(mapped)
      expect(yield* map(canceled, { sender })).toEqual(mapped)
    })
  )
})

describe("the name of an event", () => {
  it.effect("may stand in a header", () =>
    Effect.gen(function* () {
      const header = { events: { ...events, name: { header: "X-Event" } } }
      expect(yield* map(event(invitee, { ...json, "x-event": "invitee.moved" }), header)).toEqual(mapped)
      expect(yield* map(event(invitee, { ...json, "x-event": "ping" }), header)).toEqual(notSignUp("ping "))
      expect(yield* map(event(invitee), header)).toEqual(mapped)
    })
  )

  it.effect("may stand in a form", () =>
    Effect.gen(function* () {
      const form = { events: { name: { form: "type" }, signUps: ["subscribe"] } }
      const type = { "content-type": "application/x-www-form-urlencoded" }
      const body = (named: string) => `type=${named}&live=live-1&email=alice%40example.com`
      expect(yield* map(event(body("subscribe"), type), form)).toEqual(mapped)
      expect(yield* map(event(body("unsubscribe"), type), form)).toEqual({
        status: "ignored",
        reason: "event unsubscribe is not a sign-up (subscribe)"
      })
      expect(yield* map(event(body("cleaned"), type), form)).toMatchObject({ status: "ignored" })
    })
  )

  it.effect("may stand in each of many events, of which only the sign-ups are mapped", () =>
    Effect.gen(function* () {
      const batch = { events: { name: { json: "batch.*.event" }, signUps: ["created"] } }
      const mapping = yield* Mapping.make({ live: alice.liveId, member: { expr: "batch.email" } })
      const bodyOf = (...names: ReadonlyArray<string | undefined>) =>
        event({ batch: names.map((named, index) => ({ event: named, email: `p${index}@example.com` })) })
      const members = Effect.fnUntraced(function* (...names: ReadonlyArray<string | undefined>) {
        const result = yield* map(bodyOf(...names), { ...batch, mapping })
        return result.status === "mapped" ? result.invitations.map(({ member }) => member) : result
      })
      expect(yield* members("created", "deleted", undefined, "created")).toEqual([
        "p0@example.com",
        "p2@example.com",
        "p3@example.com"
      ])
      expect(yield* members("deleted", "deleted")).toEqual({
        status: "ignored",
        reason: "event deleted is not a sign-up (created)"
      })
      expect(yield* members("deleted", "merged")).toEqual({
        status: "ignored",
        reason: "none of the 2 events is a sign-up (created)"
      })
    })
  )

  it.effect.each([
    ["type", [{ type: "deleted" }], [{ type: "created" }, { type: "deleted" }]],
    ["type", [[{ type: "deleted" }]], [[{ type: "deleted" }], [{ type: "deleted" }, { type: "created" }]]],
    [
      "data.type",
      [{ data: [{ type: "deleted" }] }],
      [{ data: { type: "deleted" } }, { data: { type: "created" } }]
    ],
    ["data.type", { data: [{ type: "deleted" }] }, { data: [{ type: "deleted" }, { type: "created" }] }],
    ["type", { type: ["deleted"] }, { type: ["deleted", "created"] }],
    ["*.type", { type: "deleted" }, { type: "created" }],
    ["data.*.type", { data: { type: "deleted" } }, { data: { type: "created" } }],
    ["0.type", [{ type: "deleted" }, { type: "created" }], [{ type: "created" }, { type: "deleted" }]]
  ] as const)("is found in arrays, and without one: %s in %j", ([path, others, some]) =>
    Effect.gen(function* () {
      const signUps = { events: { name: { json: path }, signUps: ["created"] } }
      const mapping = yield* Mapping.make({ live: alice.liveId, member: { expr: `"${alice.member}"` } })
      expect(yield* map(event(others), { ...signUps, mapping })).toEqual({
        status: "ignored",
        reason: "event deleted is not a sign-up (created)"
      })
      expect(yield* map(event(some), { ...signUps, mapping })).toEqual(mapped)
    })
  )

  it.effect("leaves only the sign-ups of an array, without * in its path", () =>
    Effect.gen(function* () {
      const signUps = { events: { name: { json: "data.type" }, signUps: ["created"] } }
      const mapping = yield* Mapping.make({ live: alice.liveId, member: { expr: "data.email" } })
      const people = (...types: ReadonlyArray<string>) =>
        types.map((type, index) => ({ type, email: `p${index}@example.com` }))
      const body = [{ data: people("deleted", "created") }, { data: people("deleted") }]
      expect(yield* map(event(body), { ...signUps, mapping })).toMatchObject({
        invitations: [{ member: "p1@example.com" }]
      })
    })
  )

  it.effect("is not looked for in arrays that are too deep to be gone through", () =>
    Effect.gen(function* () {
      const signUps = { events: { name: { json: "type" }, signUps: ["created"] } }
      const deep = `${"[".repeat(100_000)}{"type":"deleted"}${"]".repeat(100_000)}`
      expect(yield* map(event(deep), signUps)).toMatchObject({ status: "unmappable" })
    })
  )

  it.effect("may be a property of the language", () =>
    Effect.gen(function* () {
      const odd = { events: { name: { json: "constructor.name" }, signUps: ["created"] } }
      expect(yield* map(event(invitee), odd)).toEqual(mapped)
    })
  )
})

describe("a source in types", () => {
  const Invitee = Schema.Struct({ live: Schema.String, email: Schema.String })
  const make = (options: { readonly events?: SignUps.SignUps | "all" } = {}) =>
    Source.make({
      name: "form",
      sender: calendar,
      secrets: [Secret.make("whsec_dGhlIHNlY3JldCBvZiB0aGUgZm9ybQ==")],
      spot: "main",
      schema: Invitee,
      invitations: ({ live, email }) => [{ liveId: live, member: email }],
      ...options
    })

  it.effect("maps the same events, unless it counts all", () =>
    Effect.gen(function* () {
      const canceled = event({ ...invitee, event: "invitee.canceled" })
      const source = yield* make()
      expect(source.events).toEqual(events)
      expect(yield* source.mapping.map(event(invitee))).toEqual(mapped)
      expect(yield* source.mapping.map(canceled)).toEqual(notSignUp("invitee.canceled "))
      expect(yield* (yield* make({ events: "all" })).mapping.map(canceled)).toEqual(mapped)
    }).pipe(Effect.provide(layerExpressions))
  )
})

describe("the version of rules", () => {
  it.effect("is another one with other events, and the same without any", () =>
    Effect.gen(function* () {
      const version = (more: Partial<Mapping.Rules>) =>
        Effect.map(
          Mapping.make({ live: "live-1", member: { expr: "email" }, ...more }),
          ({ version }) => version
        )
      const before = yield* version({})
      // As it was before events could be named: what is stored keeps its version.
      expect(before).toBe("452a155049a6")
      expect(yield* version({ events: "all" })).toBe(before)
      const some = yield* version({ events })
      expect(some).not.toBe(before)
      expect(yield* version({ events: { ...events, signUps: ["invitee.moved", "invitee.created"] } })).toBe(
        some
      )
      expect(yield* version({ events: { ...events, signUps: ["invitee.created"] } })).not.toBe(some)
      expect(yield* version({ events: { ...events, name: { header: "event" } } })).not.toBe(some)
    })
  )

  it.effect("of a source covers the events of its sender", () =>
    Effect.gen(function* () {
      const mapping = yield* Mapping.make(rules)
      const source = yield* makeSource({ mapping, sender: calendar })
      expect(source.mapping.version).toBe((yield* Mapping.make({ ...rules, events })).version)
      expect((yield* makeSource({ mapping })).mapping.version).toBe(mapping.version)
    })
  )
})

describe("a preview", () => {
  it.effect("counts the events of its source, and those of the rules that are tried", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const operations = yield* Operations.Operations
      const { body } = event({ ...invitee, event: "invitee.canceled" })
      const { id } = yield* inbox.accept(delivery({ body }))
      const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
      const source = yield* makeSource({ sender: calendar })
      yield* inbox.map(webhook, yield* source.mapping.map(webhook), { spot: "main" })
      const tried = Effect.fnUntraced(function* (more: Partial<Mapping.Rules>) {
        const mapping = yield* Mapping.make({ ...rules, ...more })
        const [difference] = yield* Stream.runCollect(Preview.differences({ source, mapping }))
        return difference?.after.status
      })
      expect(yield* tried({})).toBe("ignored")
      expect(yield* tried({ events: "all" })).toBe("mapped")
      expect(yield* tried({ events: { ...events, signUps: ["invitee.canceled"] } })).toBe("mapped")
    }).pipe(Effect.provide(Layer.merge(layerInbox, layerExpressions)))
  )
})
