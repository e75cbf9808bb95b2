import { expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, Mapping, Operations, Preview } from "../../src/index.ts"
import { layerExpressions } from "../evaluator.ts"
import { alice, delivery, layerInbox, makeSource } from "../fixtures.ts"

const layer = Layer.merge(layerInbox, layerExpressions)

const before: Mapping.Rules = {
  live: { expr: "live" },
  member: { expr: "people" },
  notify: true,
  when: { expr: "form = 'abc'" }
}

const bob = "bob@example.com"
const carol = "carol@example.com"

/** Stored and mapped by the rules as they were, an hour apart each. */
const stored = Effect.gen(function* () {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const mapping = yield* Mapping.make(before)
  const store = Effect.fnUntraced(function* (deliveryId: string, body: unknown) {
    const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body))
    const { id } = yield* inbox.accept(delivery({ deliveryId, body: bytes }))
    const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
    yield* inbox.map(webhook, yield* mapping.map(webhook), { spot: "main", mappingVersion: mapping.version })
    yield* TestClock.adjust("1 hour")
    return id
  })
  return {
    two: yield* store("1", {
      form: "abc",
      live: "live-1",
      people: [alice.member, bob],
      guests: [alice.member, carol]
    }),
    other: yield* store("2", { form: "xyz", live: "live-1", people: [bob], guests: [bob] }),
    none: yield* store("3", { form: "abc", live: "live-1", guests: "dora@example.com" }),
    broken: yield* store("4", "no JSON")
  }
})

const preview = Effect.fnUntraced(function* (
  rules: Partial<Mapping.Rules>,
  options: Pick<Preview.Options, "from" | "to" | "limit"> = {}
) {
  const mapping = yield* Mapping.make({ ...before, ...rules })
  const source = yield* makeSource()
  const all = yield* Stream.runCollect(Preview.differences({ source, mapping, ...options }))
  return { all, changed: all.filter(Preview.isChange), summary: all.reduce(Preview.add, Preview.empty) }
})

const wanted = (member: string, fields: object = {}) => ({
  liveId: "live-1",
  member,
  withEmailNotification: true,
  ...fields
})

it.effect("the present mapping changes nothing of what it made", () =>
  Effect.gen(function* () {
    const ids = yield* stored
    const { all, changed, summary } = yield* preview({})
    expect(all.map(({ webhookId }) => webhookId)).toEqual([ids.broken, ids.none, ids.other, ids.two])
    expect(changed).toEqual([])
    expect(summary).toEqual({ ...Preview.empty, webhooks: 4 })
  }).pipe(Effect.provide(layer))
)

it.effect("an invitation that another webhook created first is no change, whatever its terms", () =>
  Effect.gen(function* () {
    const ids = yield* stored
    const inbox = yield* Inbox.Inbox
    const operations = yield* Operations.Operations
    const rules = { ...before, notify: false }
    const mapping = yield* Mapping.make(rules)
    const people = [alice.member, "erin@example.com"]
    const body = new TextEncoder().encode(JSON.stringify({ form: "abc", live: "live-1", people }))
    const { id } = yield* inbox.accept(delivery({ deliveryId: "5", body }))
    const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
    yield* inbox.map(webhook, yield* mapping.map(webhook), { spot: "main", mappingVersion: mapping.version })

    const inForce = yield* preview({ notify: false })
    expect(inForce.changed.map(({ webhookId }) => webhookId)).toEqual([ids.two])
    // The Live differs in its own invitation and in the other one.
    const elsewhere = yield* preview({ live: { expr: "people = 0 ? live : 'live-2'" } })
    expect(elsewhere.changed.map(({ webhookId }) => webhookId)).toEqual([id, ids.two])
    const notified = yield* preview({ notify: true })
    expect(notified.changed).toMatchObject([
      { webhookId: id, appear: [], disappear: [], differ: [{ before: { member: "erin@example.com" } }] }
    ])
  }).pipe(Effect.provide(layer))
)

it.effect("another mapping shows who would appear and disappear, and which webhooks it mends", () =>
  Effect.gen(function* () {
    const ids = yield* stored
    const { changed, summary } = yield* preview({ member: { expr: "guests" } })
    expect(changed).toMatchObject([
      {
        webhookId: ids.none,
        before: { status: "unmappable", reason: "member: people returns nothing" },
        after: { status: "mapped", reason: null },
        appear: [wanted("dora@example.com")]
      },
      {
        webhookId: ids.two,
        before: { status: "mapped" },
        after: { status: "mapped" },
        appear: [wanted(carol)],
        disappear: [wanted(bob)],
        differ: []
      }
    ])
    expect(summary).toEqual({
      ...Preview.empty,
      webhooks: 4,
      changed: 2,
      mended: 1,
      appear: 2,
      disappear: 1
    })
  }).pipe(Effect.provide(layer))
)

it.effect(
  "another mapping shows who would go to another Live, by another inviter or with another notification",
  () =>
    Effect.gen(function* () {
      const ids = yield* stored
      const rules = {
        live: { expr: '["live-1"]' },
        member: { expr: "[$uppercase(people[0])]" },
        invitedBy: "host-1",
        notify: false
      }
      const { changed } = yield* preview(rules)
      const upper = alice.member.toUpperCase()
      const changes = { invitedBySpotMemberId: "host-1", withEmailNotification: false }
      expect(changed.at(-1)).toMatchObject({
        webhookId: ids.two,
        appear: [],
        disappear: [wanted(bob)],
        differ: [{ before: wanted(alice.member), after: wanted(upper, changes) }]
      })
      const elsewhere = yield* preview({ live: "live-2" })
      expect(elsewhere.changed).toMatchObject([
        {
          appear: [],
          disappear: [],
          differ: [alice.member, bob].map((member) => ({
            before: wanted(member),
            after: wanted(member, { liveId: "live-2" })
          }))
        }
      ])
    }).pipe(Effect.provide(layer))
)

it.effect("a mapping that breaks shows what would fail, and writes nothing", () =>
  Effect.gen(function* () {
    const ids = yield* stored
    const { changed, summary } = yield* preview({ member: { expr: "$number(live)" } })
    expect(changed.map(({ webhookId, after }) => [webhookId, after.status])).toEqual([
      [ids.none, "unmappable"],
      [ids.two, "unmappable"]
    ])
    expect(summary).toEqual({ ...Preview.empty, webhooks: 4, changed: 2, fail: 1, disappear: 2 })
    const operations = yield* Operations.Operations
    expect(yield* operations.webhook(ids.two)).toMatchObject({ status: "mapped" })
    expect(yield* operations.invitations(ids.two)).toMatchObject([
      { status: "pending" },
      { status: "pending" }
    ])
  }).pipe(Effect.provide(layer))
)

it.effect("only those of the time, and only so many, are tried", () =>
  Effect.gen(function* () {
    const ids = yield* stored
    const tried = (options: Parameters<typeof preview>[1]) =>
      Effect.map(preview({}, options), ({ all }) => all.map(({ webhookId }) => webhookId))
    const at = (hours: number) => DateTime.makeUnsafe(hours * 3_600_000)
    expect(yield* tried({ limit: 2 })).toEqual([ids.broken, ids.none])
    expect(yield* tried({ from: at(1), to: at(3) })).toEqual([ids.none, ids.other])
  }).pipe(Effect.provide(layer))
)
