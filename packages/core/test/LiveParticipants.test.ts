import { describe, expect, it } from "@effect/vitest"
import { Cause, Clock, ConfigProvider, DateTime, Deferred, Duration, Effect, Fiber, Redacted } from "effect"
import { FetchHttpClient, HttpClient, type HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import type { Socket } from "node:net"
import { Budget, InviteError, LiveParticipants, Participant } from "../src/index.ts"
import { answer, invitation, inviteAgainst, inviteAt, serve } from "./wire.ts"

const participant = {
  id: "p-1",
  liveId: "live-1",
  spotMemberId: "m-1",
  spotMemberEmail: "alice@example.com",
  spotMemberFirstname: "Alice",
  spotMemberLastname: null,
  status: "Invited",
  type: "Participant",
  invitedAt: "2026-05-04T09:42:00.000Z",
  registeredAt: null,
  isHighlighted: false,
  metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
}

const created = (body: unknown) => answer(201, JSON.stringify(body), { "content-type": "application/json" })

describe("a 201", () => {
  it.effect("is the participant", () =>
    Effect.gen(function* () {
      const outcome = yield* inviteAgainst(created(participant))
      expect(outcome).toBeInstanceOf(Participant.Participant)
      expect(outcome).toMatchObject({ ...participant, invitedAt: DateTime.makeUnsafe(participant.invitedAt) })
    })
  )

  it.effect.each([
    [
      "names as objects are null",
      { spotMemberFirstname: {}, spotMemberLastname: {} },
      { spotMemberFirstname: null }
    ],
    ["an undocumented status passes", { status: "Waitlisted" }, { status: "Waitlisted" }],
    ["an undocumented type passes", { type: "Moderator" }, { type: "Moderator" }],
    ["extra fields are ignored", { surprise: 1 }, { id: "p-1" }]
  ] as const)("%s", ([, change, expected]) =>
    Effect.gen(function* () {
      expect(yield* inviteAgainst(created({ ...participant, ...change }))).toMatchObject(expected)
    })
  )

  it.effect.each([
    ["an empty body", answer(201), "the body is empty"],
    ["truncated JSON", answer(201, '{"alice":"alice@ex'), "JSON"],
    ["a missing field", created({ ...participant, id: undefined }), 'Missing key at ["id"]'],
    ["a body that is cut off", "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{", "cut off"]
  ] as const)(
    "with %s still counts as invited, and says what departs from the contract",
    ([, reply, issue]) =>
      Effect.gen(function* () {
        const outcome = yield* inviteAgainst(reply)
        expect(outcome).toMatchObject({ _tag: "UndecodableAnswer", status: 201, liveId: "live-1" })
        expect(outcome).toHaveProperty("issue", expect.stringContaining(issue))
        expect(String(outcome)).not.toContain("alice")
      })
  )
})

describe("every other answer has its error", () => {
  it.effect.each([
    [200, "", { _tag: "AlreadyInvited" }],
    [200, "{}", { _tag: "AlreadyInvited" }],
    [200, "<!doctype html><title>Sorry</title>", { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [202, "", { _tag: "UndecodableAnswer", status: 202 }],
    [302, "", { _tag: "UpstreamUnavailable", reason: "NotTheApi", status: 302 }],
    [
      400,
      '{"message":"no such member"}',
      { _tag: "MalformedPayload", answer: '{"message":"no such member"}' }
    ],
    [400, "", { _tag: "MalformedPayload", reason: "Refused" }],
    [401, "", { _tag: "Unauthorized", status: 401 }],
    [403, "", { _tag: "Unauthorized", status: 403 }],
    [404, "", { _tag: "LiveNotFound" }],
    [408, "", { _tag: "UpstreamUnavailable", reason: "ServerError" }],
    [413, "", { _tag: "PayloadTooLarge" }],
    [418, "", { _tag: "UnexpectedStatus", status: 418 }],
    [422, "", { _tag: "MalformedPayload" }],
    [429, "", { _tag: "RateLimited" }],
    [500, "", { _tag: "UpstreamUnavailable", reason: "ServerError", status: 500, mayHaveArrived: true }],
    [503, "", { _tag: "UpstreamUnavailable", reason: "ServerError", status: 503 }]
  ] as const)("%i %s", ([status, body, expected]) =>
    Effect.gen(function* () {
      const outcome = yield* inviteAgainst(answer(status, body, { location: "https://elsewhere.example" }))
      expect(outcome).toMatchObject({ ...expected, liveId: "live-1" })
    })
  )

  it.effect.each([
    ["nginx' page", "<html><center>400 Bad Request</center></html>", "text/html"],
    ["a line of a proxy", "400 Bad Request", "text/plain"],
    ["the code of a firewall", "1020", undefined],
    ["half of the API's JSON", '{"message":"no such', "application/json"],
    ["an empty page", "", "text/html"]
  ] as const)("%s in place of the API's answer refuses nobody, whatever its status", ([, body, type]) =>
    Effect.gen(function* () {
      for (const status of [400, 403, 404, 418, 422]) {
        const reply = answer(status, body, type === undefined ? {} : { "content-type": type })
        expect(yield* inviteAgainst(reply)).toMatchObject({
          _tag: "UpstreamUnavailable",
          reason: "NotTheApi",
          status
        })
      }
    })
  )

  it.effect("a page refuses nobody with 401 or, of one member, 413, and asks to wait with 429", () =>
    Effect.gen(function* () {
      for (const [status, expected] of [
        [401, { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
        [413, { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
        [429, { _tag: "RateLimited" }]
      ] as const) {
        expect(yield* inviteAgainst(answer(status, "<html>"))).toMatchObject(expected)
      }
      expect(yield* inviteAgainst(answer(401, "Unauthorized"))).toMatchObject({ _tag: "Unauthorized" })
    })
  )

  it.live.each([
    ["in seconds", (): string => "90"],
    ["as a date", (): string => new Date(Date.now() + 90_000).toUTCString()]
  ] as const)("Retry-After %s is kept", ([, retryAfter]) =>
    Effect.gen(function* () {
      const outcome = yield* inviteAgainst(answer(429, "", { "retry-after": retryAfter() }))
      if (!(outcome instanceof InviteError.RateLimited)) return expect.fail(String(outcome))
      const wait = Duration.toSeconds(InviteError.retryAfter(outcome) ?? Duration.zero)
      expect(wait).toBeGreaterThan(30)
      expect(wait).toBeLessThanOrEqual(90)
    })
  )

  it.effect("a refused connection did not arrive", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* Effect.scoped(serve(""))
      expect(yield* inviteAt(baseUrl)).toMatchObject({
        _tag: "UpstreamUnavailable",
        reason: "Unreachable",
        mayHaveArrived: false,
        code: "ECONNREFUSED"
      })
    })
  )

  it.effect("a connection cut after the request may have arrived", () =>
    Effect.gen(function* () {
      expect(yield* inviteAgainst((socket) => socket.destroy())).toMatchObject({
        _tag: "UpstreamUnavailable",
        reason: "Disconnected",
        mayHaveArrived: true
      })
    })
  )

  it.live.each([
    ["no answer", () => {}],
    [
      "an answer that stalls",
      (socket: Socket) => void socket.write("HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{")
    ]
  ] as const)("%s is a timeout that may have arrived", ([, reply]) =>
    Effect.gen(function* () {
      expect(yield* inviteAgainst(reply, { timeout: "100 millis" })).toMatchObject({
        _tag: "UpstreamUnavailable",
        reason: "Timeout",
        mayHaveArrived: true
      })
    })
  )

  it.effect.each([
    ["an empty member", { liveId: "live-1", member: "" }],
    ["a member with a line break", { liveId: "live-1", member: "a@b.c\r\nx" }],
    ["a Live that climbs out of the path", { liveId: "..", member: "a@b.c" }],
    ["an address where the Live should be", { liveId: "a@b.c", member: "a@b.c" }]
  ] as const)("%s is refused before the call", ([, invitation]) =>
    Effect.gen(function* () {
      const participants = yield* LiveParticipants.LiveParticipants
      const error = yield* Effect.flip(participants.invite(invitation))
      expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall" })
    }).pipe(
      Effect.provide(LiveParticipants.layer({ secretKey: Redacted.make("k") })),
      Effect.provideService(Budget.Budget, Budget.unlimited),
      Effect.provideService(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.die("the upstream was called"))
      )
    )
  )
})

describe("the request", () => {
  it.effect("carries the key, the payload and no trace", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const wire = yield* serve(answer(200))
        yield* inviteAt(wire.baseUrl, {
          secretKey: Redacted.make("s3cret"),
          authorizationPrefix: "Bearer "
        }).pipe(Effect.withSpan("caller"))
        const [head, body] = wire.requests[0]?.split("\r\n\r\n") ?? []
        expect(head).toContain("POST /v1/lives/live-1/participants HTTP/1.1")
        expect(head).toContain("authorization: Bearer s3cret")
        expect(head).not.toMatch(/traceparent|b3/)
        expect(body).toBe('{"member":"alice@example.com"}')
      })
    )
  )

  it.effect("carries the trace when asked to", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const wire = yield* serve(answer(200))
        yield* inviteAt(wire.baseUrl, { propagateTrace: true }).pipe(Effect.withSpan("caller"))
        expect(wire.requests[0]).toMatch(/traceparent: 00-/)
      })
    )
  )

  it.live("is aborted when the fiber is interrupted", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const closed = Promise.withResolvers<void>()
        const arrived = Promise.withResolvers<void>()
        const wire = yield* serve((socket) => {
          socket.on("close", closed.resolve)
          arrived.resolve()
        })
        const fiber = yield* Effect.forkChild(inviteAt(wire.baseUrl))
        yield* Effect.promise(() => arrived.promise)
        yield* Fiber.interrupt(fiber)
        yield* Effect.promise(() => closed.promise)
      })
    )
  )
})

describe("errors", () => {
  it.effect("hold no address, whatever the upstream echoes", () =>
    Effect.gen(function* () {
      const echo =
        "bad member alice@example.com, url ?email=alice%40example.com\n<b>Alice.B+x@Example.com</b>"
      const outcome = yield* inviteAgainst(answer(503, echo))
      expect(outcome).toHaveProperty("answer", "bad member [address], url ?email=[address] <b>[address]</b>")
      expect(JSON.stringify(outcome) + String(outcome)).not.toMatch(/alice/i)
    })
  )

  it("tell what a retry can mend", () => {
    const limited = new InviteError.RateLimited({ liveId: "l", retryAfter: Duration.seconds(3) })
    expect(InviteError.isRetryable(limited)).toBe(true)
    expect(InviteError.retryAfter(limited)).toEqual(Duration.seconds(3))
    expect(InviteError.isRetryable(new InviteError.LiveNotFound({ liveId: "l" }))).toBe(false)
  })
})

describe("layerConfig", () => {
  /** Invites with what the environment says, and gives the request that was made and when it was given up. */
  const request = Effect.fnUntraced(function* (env: Record<string, string>) {
    const made = yield* Deferred.make<HttpClientRequest.HttpClientRequest>()
    const client = HttpClient.make((request) => Effect.andThen(Deferred.succeed(made, request), Effect.never))
    const givenUp = yield* LiveParticipants.LiveParticipants.use(({ invite }) =>
      Effect.andThen(Effect.flip(invite(invitation)), Clock.currentTimeMillis)
    ).pipe(
      Effect.provide(LiveParticipants.layerConfig()),
      Effect.provideService(HttpClient.HttpClient, client),
      Effect.provideService(Budget.Budget, Budget.unlimited),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
      Effect.forkChild
    )
    yield* TestClock.adjust("30 seconds")
    return { givenUp: yield* Fiber.join(givenUp), ...(yield* Deferred.await(made)) }
  })

  it.effect("needs nothing but the secret key", () =>
    Effect.gen(function* () {
      expect(yield* request({ MELTINGSPOT_SECRET_KEY: "k" })).toMatchObject({
        url: "https://openapi.meltingspot.io/v1/lives/live-1/participants",
        headers: { authorization: "k", "user-agent": "usher" },
        givenUp: 30_000
      })
    })
  )

  it.effect("reads the documented names", () =>
    Effect.gen(function* () {
      const made = yield* request({
        MELTINGSPOT_SECRET_KEY: "k",
        MELTINGSPOT_BASE_URL: "http://elsewhere/",
        MELTINGSPOT_AUTHORIZATION_PREFIX: "Bearer ",
        MELTINGSPOT_TIMEOUT: "2 seconds",
        MELTINGSPOT_USER_AGENT: "ours/1"
      })
      expect(made).toMatchObject({
        url: "http://elsewhere/v1/lives/live-1/participants",
        headers: { authorization: "Bearer k", "user-agent": "ours/1" },
        givenUp: 2000
      })
    })
  )

  it.effect.each([
    ["MELTINGSPOT_SECRET_KEY", {}],
    ["MELTINGSPOT_SECRET_KEY", { MELTINGSPOT_SECRET_KEY: "" }],
    ["MELTINGSPOT_SECRET_KEY", { MELTINGSPOT_SECRET_KEY: "s3cret\n" }],
    ["MELTINGSPOT_BASE_URL", { MELTINGSPOT_SECRET_KEY: "k", MELTINGSPOT_BASE_URL: "localhost:80" }],
    ["MELTINGSPOT_USER_AGENT", { MELTINGSPOT_SECRET_KEY: "k", MELTINGSPOT_USER_AGENT: "a\nb" }],
    ["MELTINGSPOT_TIMEOUT", { MELTINGSPOT_SECRET_KEY: "k", MELTINGSPOT_TIMEOUT: "soon" }]
  ] as const)("refuses a wrong %s by name, when the layer is built: %j", ([name, env]) =>
    Effect.gen(function* () {
      const error = String(yield* Effect.flip(request(env)))
      expect(error).toContain(name)
      expect(error).not.toContain("s3cret")
      if (name === "MELTINGSPOT_SECRET_KEY") expect(error).toContain("Expected the secret key of a Spot")
    })
  )
})

describe("layer", () => {
  it.effect.each([
    ["secretKey", { secretKey: Redacted.make("") }],
    ["baseUrl", { secretKey: Redacted.make("k"), baseUrl: "ftp://elsewhere" }],
    ["authorizationPrefix", { secretKey: Redacted.make("k"), authorizationPrefix: "\n" }]
  ] as const)("is not built with a %s that no call could be made with", ([name, options]) =>
    Effect.gen(function* () {
      const cause = yield* Effect.void.pipe(
        Effect.provide(LiveParticipants.layer(options)),
        Effect.provide([Budget.layerUnlimited, FetchHttpClient.layer]),
        Effect.sandbox,
        Effect.flip
      )
      expect(Cause.pretty(cause)).toContain(name)
    })
  )
})
