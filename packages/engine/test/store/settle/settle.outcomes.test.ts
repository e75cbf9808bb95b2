/** What the dispatcher does about each answer of the upstream, from the bytes of the answer to the rows in the database. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Dispatcher, Leadership, Operations, SpotControl, Spots } from "../../../src/index.ts"
import { alice, eventually, layerInbox, people, start, store } from "../../fixtures.ts"

/** The upstream's answer to a call for these members; none is a connection that is cut. */
type Answer = (members: ReadonlyArray<string>) => Response | undefined

const Body = Schema.Struct({
  member: Schema.optionalKey(Schema.String),
  members: Schema.optionalKey(Schema.Struct({ emails: Schema.Array(Schema.String) }))
})
const decodeBody = Schema.decodeUnknownSync(Schema.fromJsonString(Body))

const participant = (member: string) => LiveParticipantsTest.participant({ ...alice, member })

/** Everybody is invited: 201 for one, a list for many. */
const invited: Answer = ([first = "", ...others]) =>
  others.length === 0
    ? Response.json(participant(first), { status: 201 })
    : Response.json([first, ...others].map(participant))

const says =
  (status: number, body = "", headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(body, { status, headers })

/** A dispatcher before an upstream that answers in this order, and then invites everybody; whom each call was for. */
const upstream = (answers: ReadonlyArray<Answer>, options: Partial<Spots.Options> = {}) => {
  const sent: Array<ReadonlyArray<string>> = []
  const client = HttpClient.make((request) =>
    Effect.gen(function* () {
      const { member, members } = decodeBody(
        request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "{}"
      )
      const all = member === undefined ? (members?.emails ?? []) : [member]
      const answer = (answers[sent.length] ?? invited)(all)
      sent.push(all)
      return answer === undefined ? yield* Effect.never : HttpClientResponse.fromWeb(request, answer)
    })
  )
  const spots = new Map([["main", { secretKey: Redacted.make("the-key"), concurrency: 1, ...options }]])
  const dispatcher = Dispatcher.layer().pipe(
    Layer.provide([Spots.layer(spots), Leadership.layerAlone]),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client))
  )
  return {
    sent,
    dispatcher,
    untilSent: (count: number) =>
      eventually(
        Effect.sync(() => sent.length),
        (n) => n >= count
      )
  }
}

/** The invitations of a webhook, once they are as wanted. */
const until = (webhook: string, ...statuses: ReadonlyArray<string>) =>
  eventually(
    Operations.Operations.use((operations) => operations.invitations(webhook)),
    (all) => all.length > 0 && all.every(({ status }) => statuses.includes(status))
  )

const attemptsOf = (id: string) => Operations.Operations.use((operations) => operations.attempts(id))

/** Lets everything run that can run without time going by. */
const settled = Effect.replicateEffect(Effect.yieldNow, 1_000, { discard: true })

const states = SpotControl.SpotControl.use((control) => control.all)

describe("a single invitation", () => {
  it.effect.each([
    ["201 and a participant: invited", invited, "invited", 201, null],
    ["200 and no body: already invited", says(200), "already_invited", 200, "AlreadyInvited"],
    ["400: rejected at once", says(400, '{"message":"no such member"}'), "rejected", 400, "MalformedPayload"],
    ["413: rejected", says(413), "rejected", 413, "PayloadTooLarge"],
    ["418: rejected", says(418), "rejected", 418, "UnexpectedStatus"],
    [
      "201 and half a body: invited, with what can't be read",
      says(201, '{"id":'),
      "invited",
      201,
      "UndecodableAnswer"
    ]
  ] as const)("gets %s, by one call", ([, answer, status, upstreamStatus, error]) => {
    const { sent, dispatcher } = upstream([answer])
    return Effect.gen(function* () {
      const webhook = yield* store([alice])
      yield* start(dispatcher)
      const [invitation] = yield* until(webhook, status)
      yield* TestClock.adjust("1 day")
      yield* settled
      expect(sent).toEqual([[alice.member]])
      const [attempt] = yield* attemptsOf(invitation?.id ?? "")
      expect(attempt).toMatchObject({ number: 1, upstreamStatus })
      expect(attempt?.error?._tag ?? null).toBe(error)
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect.each([
    ["503", says(503, "down for repairs"), { reason: "ServerError", status: 503 }],
    ["a page of a proxy", says(200, "<html>sign in</html>"), { reason: "NotTheApi" }],
    ["no answer within 30 seconds", () => undefined, { reason: "Timeout", mayHaveArrived: true }]
  ] as const)("that meets %s is tried again after a backoff, until it is invited", ([, answer, error]) => {
    const { sent, dispatcher, untilSent } = upstream([answer, answer])
    return Effect.gen(function* () {
      const webhook = yield* store([alice])
      yield* start(dispatcher)
      for (const calls of [1, 2]) {
        yield* untilSent(calls)
        yield* settled
        yield* TestClock.adjust("33 seconds")
      }
      const [invitation] = yield* until(webhook, "invited")
      expect(invitation).toMatchObject({ attempts: 3, lane: "retry" })
      expect(sent).toHaveLength(3)
      expect(yield* attemptsOf(invitation?.id ?? "")).toMatchObject([{ error }, { error }, { error: null }])
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("the whole Spot", () => {
  it.effect.each([[401], [403]] as const)(
    "is paused by a %i; one call after a minute finds that the key was mended, and no attempt is burnt",
    ([status]) => {
      const { sent, dispatcher, untilSent } = upstream([says(status), says(status)])
      return Effect.gen(function* () {
        const webhook = yield* store(people(3))
        yield* start(dispatcher)
        yield* untilSent(1)
        yield* settled
        expect(yield* states).toMatchObject([
          { paused: { by: "upstream", reason: expect.stringContaining(`${status}`) } }
        ])
        yield* TestClock.adjust("59999 millis")
        expect(sent).toHaveLength(1)
        yield* TestClock.adjust("1 milli")
        yield* untilSent(2)
        yield* settled
        expect(sent).toHaveLength(2)
        yield* TestClock.adjust("1 minute")
        const invitations = yield* until(webhook, "invited")
        expect(invitations.map(({ attempts }) => attempts)).toEqual([1, 1, 1])
        expect(yield* states).toMatchObject([{ paused: null }])
      }).pipe(Effect.provide(layerInbox))
    }
  )

  it.effect("is resumed by a person's word at once", () => {
    const { dispatcher, untilSent } = upstream([says(401)])
    return Effect.gen(function* () {
      const webhook = yield* store([alice])
      yield* start(dispatcher)
      yield* untilSent(1)
      yield* settled
      yield* SpotControl.SpotControl.use((control) => control.resume("main"))
      yield* until(webhook, "invited")
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect.each([
    ["seconds", { "retry-after": "7" }],
    ["a date", { "retry-after": "Thu, 01 Jan 1970 00:00:07 GMT" }],
    ["a rate header", { "ratelimit-remaining": "0", "ratelimit-reset": "7" }]
  ] as const)("is in cooldown after a 429 for as long as %s say, and no attempt is burnt", ([, headers]) => {
    const { sent, dispatcher, untilSent } = upstream([says(429, "slow down", headers)])
    return Effect.gen(function* () {
      const webhook = yield* store(people(3))
      yield* start(dispatcher)
      yield* untilSent(1)
      yield* settled
      yield* TestClock.adjust("6999 millis")
      yield* settled
      expect(sent).toHaveLength(1)
      yield* TestClock.adjust("4 seconds")
      const invitations = yield* until(webhook, "invited")
      expect(invitations.map(({ attempts }) => attempts)).toEqual([1, 1, 1])
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("is in cooldown before it is refused, when an answer says that nothing remains", () => {
    const last: Answer = (members) => {
      const answer = invited(members)
      answer?.headers.set("x-ratelimit-remaining", "0")
      answer?.headers.set("x-ratelimit-reset", "20")
      return answer
    }
    const { sent, dispatcher, untilSent } = upstream([last])
    return Effect.gen(function* () {
      const webhook = yield* store(people(2))
      yield* start(dispatcher)
      yield* untilSent(1)
      yield* settled
      yield* TestClock.adjust("19 seconds")
      yield* settled
      expect(sent).toHaveLength(1)
      yield* TestClock.adjust("1 second")
      yield* until(webhook, "invited")
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect(
    "is not hammered while the upstream is down: after ten failures in a row, one call now and then",
    () => {
      const { sent, dispatcher, untilSent } = upstream(
        Array.from({ length: 16 }, () => says(503)),
        { batchSize: 1 }
      )
      return Effect.gen(function* () {
        const webhook = yield* store(people(40))
        yield* start(dispatcher)
        yield* untilSent(10)
        yield* settled
        expect(sent).toHaveLength(10)
        yield* TestClock.adjust("4999 millis")
        yield* settled
        expect(sent).toHaveLength(10)
        for (const [calls, pause] of [
          [11, 1],
          [12, 10_000],
          [13, 20_000],
          [14, 40_000],
          [15, 60_000],
          [16, 60_000]
        ] as const) {
          yield* TestClock.adjust(Duration.millis(pause))
          yield* untilSent(calls)
          yield* settled
          expect(sent).toHaveLength(calls)
        }
        yield* TestClock.adjust("1 hour")
        yield* until(webhook, "invited")
      }).pipe(Effect.provide(layerInbox))
    }
  )
})

describe("a Live that the upstream does not know", () => {
  it.effect("is parked with its invitations, others go on, and one alone finds that it is there now", () => {
    const missing: Answer = (members) => (members[0] === alice.member ? invited(members) : says(404)(members))
    const { sent, dispatcher, untilSent } = upstream([missing, missing, missing], { batchSize: 100 })
    return Effect.gen(function* () {
      const webhook = yield* store(people(30))
      const other = yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
      yield* start(dispatcher)
      yield* until(other, "invited")
      yield* untilSent(2)
      yield* settled
      expect(yield* SpotControl.SpotControl.use((control) => control.parked)).toMatchObject([
        { liveId: "live-1", since: DateTime.makeUnsafe(0), until: DateTime.makeUnsafe(60_000) }
      ])
      yield* TestClock.adjust("1 minute")
      yield* untilSent(3)
      yield* settled
      expect(sent[2]).toHaveLength(1)
      yield* TestClock.adjust("1 minute")
      const invitations = yield* until(webhook, "invited")
      expect(invitations.map(({ attempts }) => attempts)).toEqual(invitations.map(() => 1))
      expect(sent.slice(3).map(({ length }) => length)).toEqual([1, 29])
    }).pipe(Effect.provide(layerInbox))
  })
})

describe("a call for many", () => {
  const everybody = people(40)
  const members = everybody.map(({ member }) => member)

  it.effect("invites all whom its answer names, and asks for each of the others alone", () => {
    const partly: Answer = (all) => Response.json(all.slice(2).map(participant))
    const { sent, dispatcher } = upstream([partly, says(200)])
    return Effect.gen(function* () {
      const webhook = yield* store(everybody)
      yield* start(dispatcher)
      const invitations = yield* until(webhook, "invited", "already_invited")
      expect(sent).toEqual([members, [members[0]], [members[1]]])
      expect(invitations.map(({ status }) => status).filter((status) => status !== "invited")).toEqual([
        "already_invited"
      ])
      expect(yield* attemptsOf(invitations[0]?.id ?? "")).toMatchObject([
        { upstreamStatus: 200, error: null, participant: null },
        { upstreamStatus: 200, error: { _tag: "AlreadyInvited" } }
      ])
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect(
    "that is refused goes in halves until the bad one stands alone, and only that one is rejected",
    () => {
      const strict: Answer = (all) => (all.includes("person-17@example.com") ? says(400)(all) : invited(all))
      const { sent, dispatcher } = upstream(Array.from({ length: 30 }, () => strict))
      return Effect.gen(function* () {
        const webhook = yield* store(everybody)
        yield* start(dispatcher)
        const invitations = yield* until(webhook, "invited", "rejected")
        expect(invitations.filter(({ status }) => status === "rejected").map(({ member }) => member)).toEqual(
          ["person-17@example.com"]
        )
        expect(invitations.map(({ attempts }) => attempts)).toEqual(invitations.map(() => 1))
        expect(sent.length).toBeLessThanOrEqual(15)
        expect(sent[1]?.length).toBe(20)
      }).pipe(Effect.provide(layerInbox))
    }
  )

  it.effect("that is too large is halved, and later ones are larger again after an hour only", () => {
    const small: Answer = (all) => (all.length > 25 ? says(413)(all) : invited(all))
    const { sent, dispatcher } = upstream(Array.from({ length: 60 }, () => small))
    const sizes = (deliveryId: string) =>
      Effect.gen(function* () {
        const before = sent.length
        yield* until(yield* store(people(60, `live-${deliveryId}`), { deliveryId }), "invited")
        return sent.slice(before).map(({ length }) => length)
      })
    return Effect.gen(function* () {
      yield* start(dispatcher)
      yield* until(yield* store(everybody), "invited")
      expect(yield* states).toMatchObject([{ largestBatch: 20 }])
      expect(yield* sizes("2")).toEqual([20, 20, 20])
      yield* TestClock.adjust("61 minutes")
      expect(Math.max(...(yield* sizes("3")))).toBe(40)
      expect(yield* states).toMatchObject([{ largestBatch: 20 }])
      expect(yield* sizes("4")).toEqual([20, 20, 20])
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("may have more members again though all go one by one, until nothing bounds it", () => {
    const { dispatcher } = upstream([])
    return Effect.gen(function* () {
      yield* start(dispatcher)
      yield* SpotControl.SpotControl.use((control) => control.limitBatch("main", 30))
      const largest: Array<number | null | undefined> = []
      for (const hour of [0, 1, 2, 3]) {
        yield* until(
          yield* store([{ ...alice, member: `p-${hour}@example.com` }], { deliveryId: `${hour}` }),
          "invited"
        )
        yield* settled
        largest.push((yield* states)[0]?.largestBatch)
        yield* TestClock.adjust("61 minutes")
      }
      expect(largest).toEqual([30, 60, null, null])
    }).pipe(Effect.provide(layerInbox))
  })

  it.effect("that meets a 503 goes again as one call", () => {
    const { sent, dispatcher, untilSent } = upstream([says(503)])
    return Effect.gen(function* () {
      const webhook = yield* store(everybody)
      yield* start(dispatcher)
      yield* untilSent(1)
      yield* settled
      yield* TestClock.adjust("1 second")
      yield* until(webhook, "invited")
      expect(sent).toEqual([members, members])
    }).pipe(Effect.provide(layerInbox))
  })
})
