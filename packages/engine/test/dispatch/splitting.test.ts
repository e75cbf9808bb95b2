/** One member whom the upstream does not answer for harms nobody else; an outage splits nothing. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Budget, Dispatcher, Leadership, Operations, RetryPolicy, Spots } from "../../src/index.ts"
import { databaseFile } from "../databases.ts"
import { alice, layerInbox, layerInboxAt, people, start, store } from "../fixtures.ts"

type Members = ReadonlyArray<string>

/** What the upstream answers to a call for these members; a cut connection, or nothing at all. */
type Answer = (members: Members, liveId: string, at: number) => Response | "cut" | "never"

const Body = Schema.Struct({
  member: Schema.optionalKey(Schema.String),
  members: Schema.optionalKey(Schema.Struct({ emails: Schema.Array(Schema.String) }))
})
const decodeBody = Schema.decodeUnknownSync(Schema.fromJsonString(Body))

const participant = (member: string) => LiveParticipantsTest.participant({ ...alice, member })

const invited: Answer = ([first = "", ...others]) =>
  others.length === 0
    ? Response.json(participant(first), { status: 201 })
    : Response.json([first, ...others].map(participant))

const page = (status: number) =>
  new Response("<html><h1>Bad Request</h1></html>", { status, headers: { "content-type": "text/html" } })

const down: Answer = () => new Response("", { status: 503 })

interface Sent {
  readonly members: Members
  readonly liveId: string
  readonly at: number
}

/** A dispatcher before an upstream that answers so, and what it was sent. */
const upstream = (answer: Answer, options: Partial<Spots.Options> = {}) => {
  const sent: Array<Sent> = []
  const client = HttpClient.make((request) =>
    Effect.gen(function* () {
      const { member, members } = decodeBody(
        request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "{}"
      )
      const all = member === undefined ? (members?.emails ?? []) : [member]
      const [, liveId = ""] = /lives\/([^/]+)/.exec(request.url) ?? []
      const at = yield* Clock.currentTimeMillis
      sent.push({ members: all, liveId, at })
      const given = answer(all, liveId, at)
      if (given === "never") return yield* Effect.never
      if (given !== "cut") return HttpClientResponse.fromWeb(request, given)
      return yield* new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause: { code: "ECONNRESET" } })
      })
    })
  )
  const spots = new Map([["main", { secretKey: Redacted.make("the-key"), ...options }]])
  const dispatcher = Dispatcher.layer().pipe(
    Layer.provide([Spots.layer(spots), Leadership.layerAlone]),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )
  return { sent, dispatcher }
}

/** Another hundred. */
const others = (name: string) =>
  Array.from({ length: 100 }, (_, index) => ({
    liveId: alice.liveId,
    member: `${name}-${index}@example.com`
  }))

/** Lets everything run that can run without time going by. */
const settled = Effect.replicateEffect(Effect.yieldNow, 500, { discard: true })

/**
 * Lets time go by in steps, until it is as wanted. Backoffs and the members that are tried alone are by chance: after
 * ten minutes the steps are longer, as a wait can be an hour.
 */
const pass = Effect.fnUntraced(function* <E, R>(
  isDone: Effect.Effect<boolean, E, R>,
  {
    step = "1 second",
    most = 2_000
  }: { readonly step?: "1 second" | "10 seconds"; readonly most?: number } = {}
) {
  for (let steps = 0; steps < most; steps++) {
    yield* settled
    if (yield* isDone) return
    yield* TestClock.adjust(steps < 600 ? step : "10 seconds")
  }
  return yield* Effect.die(new Error("it has not come to pass"))
})

const statuses = (webhook: string) =>
  Effect.map(
    Operations.Operations.use((operations) => operations.invitations(webhook)),
    (all) => new Map(all.map(({ member, status }) => [member, status]))
  )

/** All but so many are invited. Counted by the database: thousands are asked for again and again. */
const areInvited = (webhook: string, but = 0) =>
  SqlClient.SqlClient.use(
    (sql) => sql<{ others: number }>`
      SELECT count(*) AS others FROM webhook_invitations
      JOIN invitations ON invitations.id = webhook_invitations.invitation_id
      WHERE webhook_invitations.webhook_id = ${webhook} AND invitations.status <> 'invited'`
  ).pipe(Effect.map(([counted]) => counted?.others === but))

const sizes = (sent: ReadonlyArray<Sent>) => sent.map(({ members }) => members.length)

const forms = [
  ["500", () => new Response("", { status: 500 })],
  ["a connection that is cut", () => "cut"],
  ["no answer in time", () => "never"],
  ["a page with 400", () => page(400)],
  ["a page with 403", () => page(403)],
  ["a page with 404", () => page(404)],
  ["a list of something else", (all) => (all.length > 1 ? Response.json([1, {}, null]) : page(502))],
  ["an object", (all) => (all.length > 1 ? Response.json({ message: "no" }) : page(502))]
] as const satisfies ReadonlyArray<readonly [string, Answer]>

describe("of a hundred, one to whom the upstream never answers", () => {
  const cases = forms.flatMap(([form, answer], index) =>
    (index === 0 ? [0, 62, 99] : [62]).map((at) => [form, at, answer] as const)
  )

  it.effect.each(cases)(
    "but with %s (number %i): the others are invited within 20 calls, and it stands alone from then on",
    ([, at, answer]) => {
      const poison = `person-${at}@example.com`
      const { sent, dispatcher } = upstream((all, liveId, time) =>
        (all.includes(poison) ? answer : invited)(all, liveId, time)
      )
      return Effect.gen(function* () {
        const webhook = yield* store(people(100))
        const { stop } = yield* start(dispatcher)
        yield* pass(areInvited(webhook, 1))
        expect(sent.length).toBeLessThanOrEqual(20)
        const before = sent.length
        // Its waits grow to an hour.
        yield* pass(
          Effect.sync(() => sent.length >= before + 4),
          { step: "10 seconds" }
        )
        for (const { members } of sent.slice(before)) expect(members).toEqual([poison])
        // A call to it may be under way: it has the grace, which passes by this clock.
        const stopping = yield* Effect.forkChild(stop, { startImmediately: true })
        yield* pass(Effect.sync(() => stopping.pollUnsafe() !== undefined))
        expect((yield* statuses(webhook)).get(poison)).toMatch(/pending|sending/)
      }).pipe(Effect.provide(layerInbox))
    }
  )

  it.effect.each([[1], [2], [5]] as const)(
    "ends as exhausted after its own attempts, of %i, and nobody else does",
    ([maxAttempts]) => {
      const retry = { ...RetryPolicy.standard, maxAttempts }
      const poison = "person-7@example.com"
      const { dispatcher } = upstream(
        (all, liveId, at) => (all.includes(poison) ? down : invited)(all, liveId, at),
        { retry }
      )
      return Effect.gen(function* () {
        const webhook = yield* store(people(100))
        yield* start(dispatcher)
        yield* pass(Effect.map(statuses(webhook), (all) => all.get(poison) === "exhausted"))
        expect(yield* areInvited(webhook, 1)).toBe(true)
      }).pipe(Effect.provide(layerInbox))
    }
  )

  it.effect("never costs more calls than a day's budget has", () => {
    const { sent, dispatcher } = upstream(
      (all, liveId, at) => (all.includes("person-7@example.com") ? down : invited)(all, liveId, at),
      { budget: { ...Budget.documented, per24h: 10 } }
    )
    return Effect.gen(function* () {
      yield* store(people(100))
      yield* start(dispatcher)
      for (let minute = 0; minute < 180; minute++) {
        yield* TestClock.adjust("1 minute")
        yield* settled
      }
      expect(sent.length).toBeLessThanOrEqual(10)
      expect(sent.length).toBeGreaterThanOrEqual(8)
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("stands alone after a restart in between, too", () => {
    const poison = "person-7@example.com"
    const answer: Answer = (all, liveId, at) => (all.includes(poison) ? down : invited)(all, liveId, at)
    return Effect.gen(function* () {
      const filename = yield* databaseFile
      const webhook = yield* Effect.gen(function* () {
        const { sent, dispatcher } = upstream(answer)
        const webhook = yield* store(people(100))
        yield* start(dispatcher)
        yield* pass(Effect.sync(() => sent.length >= 5))
        return webhook
      }).pipe(Effect.scoped, Effect.provide(layerInboxAt(filename)))
      const { sent, dispatcher } = upstream(answer)
      yield* Effect.gen(function* () {
        yield* start(dispatcher)
        yield* pass(areInvited(webhook, 1))
        expect(Math.max(...sizes(sent))).toBeLessThanOrEqual(50)
      }).pipe(Effect.provide(layerInboxAt(filename)))
    })
  })

  it.effect("is not joined by those who sign up meanwhile, nor joins them later", () => {
    const poison = "person-7@example.com"
    const { sent, dispatcher } = upstream((all, liveId, at) =>
      (all.includes(poison) ? down : invited)(all, liveId, at)
    )
    return Effect.gen(function* () {
      const first = yield* store(people(40))
      yield* start(dispatcher)
      yield* pass(Effect.sync(() => sent.length >= 1))
      const second = yield* store(others("new"), { deliveryId: "2" })
      yield* pass(areInvited(second))
      const joined = sent.filter(({ members }) => members.includes(poison))
      expect(joined.flatMap(({ members }) => members).filter((member) => member.startsWith("new"))).toEqual(
        []
      )
      yield* pass(areInvited(first, 1))
      const before = sent.length
      const third = yield* store(others("later"), { deliveryId: "3" })
      yield* pass(areInvited(third))
      yield* TestClock.adjust("1 hour")
      yield* settled
      const tried = sent.slice(before).filter(({ members }) => members.includes(poison))
      expect(tried.length).toBeGreaterThan(0)
      for (const { members } of tried) expect(members).toEqual([poison])
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("several such members", () => {
  it.effect("are each found, and all others invited", () => {
    const bad = new Set([0, 1, 2, 30, 55, 98, 99].map((at) => `person-${at}@example.com`))
    const { sent, dispatcher } = upstream((all, liveId, at) =>
      (all.some((member) => bad.has(member)) ? down : invited)(all, liveId, at)
    )
    return Effect.gen(function* () {
      const webhook = yield* store(people(100))
      yield* start(dispatcher)
      yield* pass(areInvited(webhook, bad.size))
      expect(sent.length).toBeLessThanOrEqual(150)
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("that fail alone again and again hardly hold up the Spot for others", () => {
    const bad = new Set(people(12).map(({ member }) => member))
    const { sent, dispatcher } = upstream((all, liveId, at) =>
      (all.some((member) => bad.has(member)) ? down : invited)(all, liveId, at)
    )
    return Effect.gen(function* () {
      const webhook = yield* store(people(100))
      yield* start(dispatcher)
      yield* pass(areInvited(webhook, bad.size))
      yield* pass(
        Effect.map(Clock.currentTimeMillis, (now) => now >= 1_200_000),
        { step: "10 seconds" }
      )
      let atOnce = 0
      for (let round = 0; round < 20; round++) {
        const member = `late-${round}@example.com`
        const late = yield* store([{ ...alice, member }], { deliveryId: member })
        yield* settled
        if (yield* areInvited(late)) atOnce++
        // While nobody is answered it may be an outage: then a call a minute finds out.
        yield* pass(areInvited(late), { most: 70 })
        expect(sent.filter(({ members }) => members.includes(member))).toHaveLength(1)
        yield* TestClock.adjust("3 minutes")
        yield* settled
      }
      expect(atOnce).toBeGreaterThanOrEqual(15)
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("a Live that is never answered, beside others that are", () => {
  it.effect("stays in calls for many, and leaves the budget to the others", () => {
    const { sent, dispatcher } = upstream((all, liveId, at) =>
      (liveId === "live-1" && at < 1_800_000 ? down : invited)(all, liveId, at)
    )
    return Effect.gen(function* () {
      const webhook = yield* store(people(500))
      yield* start(dispatcher)
      for (let minute = 0; minute < 30; minute++) {
        yield* store([{ liveId: "live-2", member: `p-${minute}@example.com` }], { deliveryId: `o-${minute}` })
        yield* pass(
          Effect.map(Clock.currentTimeMillis, (now) => now >= (minute + 1) * 60_000),
          { step: "10 seconds" }
        )
      }
      const failed = sent.filter(({ liveId }) => liveId === "live-1")
      const alone = failed.filter(({ members }) => members.length === 1)
      // Usually 10 to 20: members of groups that are due together can mix, and leave one over.
      expect(alone.length).toBeLessThanOrEqual(40)
      expect(failed.length).toBeLessThanOrEqual(150)
      const before = sent.length
      yield* pass(areInvited(webhook), { step: "10 seconds" })
      expect(sent.length - before).toBeLessThanOrEqual(60)
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("an upstream that answers no call for more than 13", () => {
  it.effect("gets such calls from then on, and larger ones again slowly", () => {
    const { sent, dispatcher } = upstream((all, liveId, at) =>
      all.length > 13 ? "never" : invited(all, liveId, at)
    )
    return Effect.gen(function* () {
      yield* start(dispatcher)
      yield* pass(areInvited(yield* store(people(100))))
      const before = sent.length
      const more = others("more")
      yield* pass(areInvited(yield* store(more, { deliveryId: "2" })))
      expect(Math.max(...sizes(sent.slice(before)))).toBeLessThanOrEqual(13)
      yield* TestClock.adjust("1 hour")
      const later = sent.length
      const last = others("last")
      yield* pass(areInvited(yield* store(last, { deliveryId: "3" })))
      expect(Math.max(...sizes(sent.slice(later)))).toBeLessThanOrEqual(26)
      expect(Math.max(...sizes(sent.slice(later)))).toBeGreaterThan(13)
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("an outage of an hour with 5,000 pending", () => {
  it.effect.each([
    ["503", down],
    ["no answer", () => "never"],
    ["a page with 400", () => page(400)]
  ] as const satisfies ReadonlyArray<readonly [string, Answer]>)(
    "(%s) takes a call a minute, splits nothing, and ends with calls for a hundred",
    ([, answer]) => {
      const hour = 3_600_000
      const { sent, dispatcher } = upstream((all, liveId, at) =>
        (at < hour ? answer : invited)(all, liveId, at)
      )
      return Effect.gen(function* () {
        const webhook = yield* store(people(5_000))
        yield* start(dispatcher)
        yield* pass(
          Effect.map(Clock.currentTimeMillis, (now) => now >= hour),
          { step: "10 seconds" }
        )
        expect(sent.length).toBeLessThanOrEqual(90)
        const before = sent.length
        yield* pass(areInvited(webhook), { step: "10 seconds" })
        const calls = sent.slice(before)
        expect(calls.length).toBeLessThanOrEqual(70)
        expect(sizes(calls).filter((size) => size === 100).length).toBeGreaterThanOrEqual(40)
      }).pipe(Effect.provide(layerInbox))
    }
  )

  it.effect("and only one call to make is tried again by that call and single ones, and goes as one", () => {
    const { sent, dispatcher } = upstream((all, liveId, at) =>
      (at < 600_000 ? down : invited)(all, liveId, at)
    )
    return Effect.gen(function* () {
      const webhook = yield* store(people(100))
      yield* start(dispatcher)
      yield* pass(Effect.map(Clock.currentTimeMillis, (now) => now >= 600_000))
      const before = sent.length
      yield* pass(areInvited(webhook))
      // Each call is the whole one but for those who were tried alone, or is of some of these: none is a half.
      const alone = new Set<string>()
      for (const { members } of sent) {
        if (members.length === 1) alone.add(members[0] ?? "")
        else expect(members.length <= alone.size || members.length >= 100 - alone.size).toBe(true)
      }
      expect(alone.size).toBeLessThanOrEqual(6)
      // The whole one, and those who were tried alone, also as a probe after the outage, may each be due at another time.
      expect(sent.length - before).toBeLessThanOrEqual(1 + alone.size)
    }).pipe(Effect.provide(layerInbox))
  })
})
