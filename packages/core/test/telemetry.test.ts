import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Metric, Schedule, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Budget, InviteError, LiveParticipants, Metrics } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { endOf, recordingTracer } from "./spans.ts"
import { answer, before, invitation } from "./wire.ts"

const { liveId } = invitation
const participant = (member: string) => LiveParticipantsTest.participant({ liveId, member })
const single = "POST /v1/lives/{liveId}/participants"
const bulk = `${single}~bulkInvite`

describe("the trace of an invite", () => {
  it.effect("has one CLIENT span for the request, by the conventions for HTTP, under the caller's", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recordingTracer()
      const wire = yield* before(answer(201, JSON.stringify(participant(invitation.member))))
      yield* wire.participants.invite(invitation).pipe(Effect.withTracer(tracer))
      const [invite, request] = spans
      expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
        ["LiveParticipants.invite", "internal"],
        [single, "client"]
      ])
      expect(Object.fromEntries(invite?.attributes ?? [])).toEqual({
        "live.id": liveId,
        "invitation.outcome": "Invited"
      })
      expect(Object.fromEntries(request?.attributes ?? [])).toEqual({
        "http.request.method": "POST",
        "url.template": "/v1/lives/{liveId}/participants",
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(wire.baseUrl).port),
        "http.response.status_code": 201
      })
    })
  )

  const endings = [
    [answer(200), "AlreadyInvited", "Success", undefined],
    [answer(400), "MalformedPayload", "MalformedPayload", "400"],
    [answer(503), "UpstreamUnavailable", "UpstreamUnavailable", "503"],
    [answer(201, "{}"), "UndecodableAnswer", "UndecodableAnswer", "UndecodableAnswer"],
    [answer(301, "", { location: "/" }), "UpstreamUnavailable", "UpstreamUnavailable", "NotTheApi"]
  ] as const

  it.effect.each(endings)("ends by what the caller gets: %#", ([reply, outcome, end, errorType]) =>
    Effect.gen(function* () {
      const { spans, tracer } = recordingTracer()
      const { participants } = yield* before(reply)
      const error = yield* participants.invite(invitation).pipe(Effect.flip, Effect.withTracer(tracer))
      expect(error._tag).toBe(outcome)
      const [invite, request] = spans
      expect(invite?.attributes.get("invitation.outcome")).toBe(outcome)
      expect(request?.attributes.get("error.type")).toBe(errorType)
      expect(spans.map(endOf)).toEqual([end, end])
    })
  )

  it.live("names the cause where there was no answer", () =>
    Effect.gen(function* () {
      const { clients, tracer } = recordingTracer()
      const silent = yield* before(() => {}, { timeout: "20 millis" })
      const cut = yield* before((socket) => socket.destroy())
      for (const { participants } of [silent, cut]) {
        yield* participants.invite(invitation).pipe(Effect.flip, Effect.withTracer(tracer))
      }
      const types = clients().map(({ attributes }) => attributes.get("error.type"))
      expect(types).toEqual(["Timeout", expect.stringMatching(/^[A-Z_]+$/)])
    }).pipe(Effect.scoped)
  )

  it.effect("does not count an invitation that was never sent as a request", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recordingTracer()
      const { participants } = yield* before(answer(200))
      yield* participants.invite({ liveId, member: "" }).pipe(Effect.flip, Effect.withTracer(tracer))
      expect(spans.map(({ name }) => name)).toEqual(["LiveParticipants.invite"])
      expect(spans[0]?.attributes.get("invitation.outcome")).toBe("MalformedPayload")
    })
  )

  it.effect("shows the line that called it in the error", () =>
    Effect.gen(function* () {
      const { participants } = yield* before(answer(401))
      const exit = yield* Effect.exit(participants.invite(invitation))
      const text = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : ""
      expect(text).toMatch(/LiveParticipants\.invite \(.*telemetry\.test\.ts:\d+:\d+\)/)
    })
  )

  it.effect("holds neither the key, nor the member, nor a query", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recordingTracer()
      const { participants } = yield* before(answer(400, '"no alice@example.com, no member-7"'), {
        authorizationPrefix: "secret-"
      })
      const filter = { email: { eq: "alice@example.com" } }
      yield* Effect.all(
        [
          participants.invite({ liveId, member: "member-7" }),
          participants.inviteBulk({ liveId, members: ["alice@example.com", "member-7"] }),
          Stream.runDrain(participants.inviteMany({ liveId, members: ["alice@example.com", "member-7"] })),
          Stream.runDrain(participants.list({ liveId, filter }))
        ].map((call) => Effect.exit(call))
      ).pipe(Effect.withTracer(tracer))
      const seen = spans.map((span) => [span.name, [...span.attributes], span.events])
      expect(seen.length).toBeGreaterThan(8)
      expect(JSON.stringify(seen)).not.toMatch(/alice|member-7|secret|\?/)
    })
  )
})

describe("the trace of a batch", () => {
  it.effect("has a CLIENT span for each of its requests, also for those that failed", () =>
    Effect.gen(function* () {
      const { clients, named, tracer } = recordingTracer()
      const statuses = [503, 400]
      const { participants } = yield* before((socket, request) => {
        const status = statuses.shift()
        const { member, members } = JSON.parse(request.split("\r\n\r\n")[1] ?? "")
        if (status !== undefined) return socket.end(answer(status))
        return socket.end(
          member === undefined
            ? answer(200, JSON.stringify(members.emails.map(participant)))
            : answer(201, JSON.stringify(participant(member)))
        )
      })
      yield* participants
        .inviteMany({
          liveId,
          members: ["a@b.c", "b@b.c", "c@b.c"],
          perCall: Effect.retry({ while: InviteError.isRetryable, schedule: Schedule.recurs(1) })
        })
        .pipe(Stream.runDrain, Effect.withTracer(tracer))
      const seen = clients().map(({ name, attributes }) => [
        name,
        attributes.get("http.response.status_code")
      ])
      expect(seen).toEqual([
        [bulk, 503],
        [bulk, 400],
        [bulk, 200],
        [single, 201]
      ])
      expect(named("LiveParticipants.inviteMany").map(endOf)).toEqual(["Success"])
    })
  )

  it.effect("has one for inviteBulk and one for each page of a list", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recordingTracer()
      const participants = yield* LiveParticipants.LiveParticipants
      yield* participants
        .inviteBulk({ liveId, members: ["a@b.c", "b@b.c"] })
        .pipe(Effect.andThen(Stream.runDrain(participants.list({ liveId }))), Effect.withTracer(tracer))
      const list = "GET /v1/lives/{liveId}/participants"
      expect(spans.map(({ name, kind }) => [name, kind])).toEqual(
        expect.arrayContaining([
          ["LiveParticipants.inviteBulk", "internal"],
          [bulk, "client"],
          ["LiveParticipants.list", "internal"],
          [list, "client"]
        ])
      )
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )
})

describe("the wait for the budget", () => {
  it.effect("is an event of the caller's span, and no part of the request's", () =>
    Effect.gen(function* () {
      const { clients, named, tracer } = recordingTracer()
      const budget = Budget.makeMemory([{ calls: 1, window: "2 seconds" }])
      const { participants } = yield* before(answer(200), {}, budget)
      const invite = Effect.exit(participants.invite(invitation)).pipe(Effect.withTracer(tracer))
      yield* invite
      const second = yield* Effect.forkChild(invite)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(second)
      const events = named("LiveParticipants.invite").map(({ events }) =>
        events.map(([name, , attributes]) => [name, attributes])
      )
      expect(events).toEqual([[], [["budget.wait", { "budget.wait_seconds": 2 }]]])
      const times = clients().map(
        ({ status }) => status._tag === "Ended" && [status.startTime, status.endTime]
      )
      expect(times).toEqual([
        [BigInt(0), BigInt(0)],
        [BigInt(2e9), BigInt(2e9)]
      ])
    })
  )
})

describe("the metrics", () => {
  it.effect("count calls by route and outcome, and tell how long they waited and what is left", () =>
    Effect.gen(function* () {
      const budget = Budget.makeMemory([{ calls: 10, window: "10 seconds" }])
      const replies = [answer(201, JSON.stringify(participant(invitation.member))), answer(200), answer(503)]
      const { participants } = yield* before(
        (socket) => socket.end(replies.shift() ?? answer(501)),
        {},
        budget
      )
      for (const _ of replies.slice()) yield* Effect.exit(participants.invite(invitation))
      const count = (outcome: string) =>
        Effect.map(
          Metric.value(Metric.withAttributes(Metrics.calls, { route: single, outcome })),
          ({ count }) => count
        )
      expect(yield* count("Success")).toBe(1)
      expect(yield* count("AlreadyInvited")).toBe(1)
      expect(yield* count("UpstreamUnavailable")).toBe(1)
      const durations = Metric.withAttributes(Metrics.callDuration, { route: single })
      expect((yield* Metric.value(durations)).count).toBe(3)
      expect((yield* Metric.value(Metrics.budgetWait)).count).toBe(3)
      const remaining = Metric.withAttributes(Metrics.budgetRemaining, { window: "10s" })
      expect((yield* Metric.value(remaining)).value).toBe(7)
      const all = JSON.stringify(yield* Metric.snapshot, (_, value) =>
        typeof value === "bigint" ? `${value}` : value
      )
      expect(all).not.toMatch(/alice|live-1/)
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
