import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { Participant } from "@usher/core"
import { call, invite, layer, secretKey, state } from "./harness.ts"

const path = "/v1/lives/live-1/participants"
const alice = { liveId: "live-1", member: "alice@example.com" }

/** Every test has a sandbox of its own. */
const against = Effect.provide(layer)

describe("inviting", () => {
  it.live("is a 201 with the participant, and a 200 without a body from then on", () =>
    Effect.gen(function* () {
      const first = yield* invite(alice)
      expect(first).toBeInstanceOf(Participant.Participant)
      expect(first).toMatchObject({
        liveId: "live-1",
        spotMemberEmail: "alice@example.com",
        status: "Invited",
        type: "Participant"
      })
      expect(yield* invite(alice)).toMatchObject({ _tag: "AlreadyInvited", liveId: "live-1" })
      expect(yield* call("POST", path, { member: alice.member })).toMatchObject({ status: 200, text: "" })
      expect((yield* state).participants).toMatchObject([
        { liveId: "live-1", member: "alice@example.com", created: 1, repeated: 2 }
      ])
    }).pipe(against)
  )

  it.live("takes the same person for one, however the address is written", () =>
    Effect.gen(function* () {
      yield* invite(alice)
      expect(yield* invite({ ...alice, member: "Alice@Example.COM" })).toMatchObject({
        _tag: "AlreadyInvited"
      })
    }).pipe(against)
  )

  it.live("takes a member by address or by id", () =>
    Effect.gen(function* () {
      const byAddress = yield* invite(alice)
      if (!(byAddress instanceof Participant.Participant)) return expect.fail(String(byAddress))
      const { spotMemberId } = byAddress
      expect(yield* invite({ liveId: "live-1", member: spotMemberId })).toMatchObject({
        _tag: "AlreadyInvited"
      })
      expect(yield* invite({ liveId: "live-2", member: spotMemberId })).toMatchObject({
        spotMemberId,
        spotMemberEmail: "alice@example.com",
        liveId: "live-2"
      })
      expect(yield* invite({ liveId: "live-1", member: "member-0" })).toMatchObject({
        spotMemberEmail: "host@example.com"
      })
    }).pipe(against)
  )

  it.live("records who invited, and whether a mail was asked for", () =>
    Effect.gen(function* () {
      yield* invite(alice)
      yield* invite({
        liveId: "live-1",
        member: "bob@example.com",
        invitedBySpotMemberId: "member-0",
        withEmailNotification: true
      })
      expect((yield* state).participants).toMatchObject([
        { member: "alice@example.com", notified: false, invitedBy: null },
        { member: "bob@example.com", notified: true, invitedBy: "member-0" }
      ])
    }).pipe(against)
  )

  it.live("escapes the id of the Live", () =>
    Effect.gen(function* () {
      expect(yield* invite({ liveId: "a/b?c", member: "a@example.com" })).toMatchObject({ liveId: "a/b?c" })
    }).pipe(against)
  )
})

describe("a malformed payload is a 400 and invites nobody", () => {
  it.live.each([
    ["no member", {}],
    ["an empty member", { member: "" }],
    ["a member that is neither an address nor an id", { member: "alice at example" }],
    ["a member id of nobody", { member: "member-99" }],
    ["a member of another type", { member: 7 }],
    ["several members", { member: ["a@example.com", "b@example.com"] }],
    ["an inviter of another type", { member: "a@example.com", invitedBySpotMemberId: 7 }],
    ["a flag of another type", { member: "a@example.com", withEmailNotification: "yes" }],
    ["an array", []],
    ["null", null],
    ["no JSON", "{member"],
    ["no body", undefined]
  ] as const)("%s", ([, payload]) =>
    Effect.gen(function* () {
      expect(yield* call("POST", path, payload)).toMatchObject({ status: 400 })
      expect((yield* state).participants).toEqual([])
    }).pipe(against)
  )

  it.live("an address where the Live should be", () =>
    Effect.gen(function* () {
      const answer = yield* call("POST", "/v1/lives/a@example.com/participants", { member: "a@example.com" })
      expect(answer.status).toBe(400)
    }).pipe(against)
  )

  it.live("the adapter calls it MalformedPayload", () =>
    Effect.gen(function* () {
      expect(yield* invite({ liveId: "live-1", member: "member-99" })).toMatchObject({
        _tag: "MalformedPayload",
        reason: "Refused"
      })
    }).pipe(against)
  )
})

describe("the secret key", () => {
  it.live.each([
    ["none", {}],
    ["an empty one", { authorization: "" }],
    ["another one", { authorization: "guess" }],
    ["the right one with more behind it", { authorization: `${secretKey}x` }],
    ["another scheme", { authorization: `Basic ${secretKey}` }]
  ] as const)("%s is a 401", ([, headers]) =>
    Effect.gen(function* () {
      expect(yield* call("POST", path, { member: alice.member }, headers)).toMatchObject({ status: 401 })
      expect((yield* state).participants).toEqual([])
    }).pipe(against)
  )

  it.live("is looked at before the payload", () =>
    Effect.gen(function* () {
      expect((yield* call("POST", path, {}, {})).status).toBe(401)
    }).pipe(against)
  )

  it.live.each(["", "Bearer "])("may stand behind %j", (authorizationPrefix) =>
    Effect.gen(function* () {
      expect(yield* invite(alice, { authorizationPrefix })).toMatchObject({ status: "Invited" })
    }).pipe(against)
  )
})

describe("what the API does not have", () => {
  it.live.each([
    ["POST", "/v1/lives//participants"],
    ["POST", "/v1/lives/live-1"],
    ["POST", "/v1/lives/live-1/participants/more"],
    ["DELETE", path],
    ["PUT", path],
    ["GET", "/"]
  ] as const)("%s %s is a 404", ([method, wrong]) =>
    Effect.gen(function* () {
      expect((yield* call(method, wrong)).status).toBe(404)
    }).pipe(against)
  )
})

describe("a fault", () => {
  it.live("is shown as often as it was asked for, and then over", () =>
    Effect.gen(function* () {
      expect((yield* call("PUT", "/sandbox/fault", { status: 429, times: 2, retryAfter: "7" })).status).toBe(
        204
      )
      for (const _ of [1, 2]) {
        expect(yield* invite(alice)).toMatchObject({ _tag: "RateLimited", retryAfter: Duration.seconds(7) })
      }
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
      expect((yield* state).calls.map(({ status }) => status)).toEqual([429, 429, 201])
    }).pipe(against)
  )

  it.live("without a number stays until it is taken back", () =>
    Effect.gen(function* () {
      yield* call("PUT", "/sandbox/fault", { status: 503 })
      for (const _ of [1, 2, 3]) {
        expect(yield* invite(alice)).toMatchObject({ _tag: "UpstreamUnavailable", status: 503 })
      }
      expect((yield* state).participants).toEqual([])
      expect((yield* call("DELETE", "/sandbox/fault")).status).toBe(204)
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
    }).pipe(against)
  )

  it.live.each([
    ["status", {}],
    ["status", { status: 99 }],
    ["status", { status: "503" }],
    ["times", { status: 503, times: 0 }],
    ["retryAfter", { status: 503, retryAfter: 7 }]
  ] as const)("with a wrong %s is refused by name, and nothing breaks", ([field, fault]) =>
    Effect.gen(function* () {
      const refused = yield* call("PUT", "/sandbox/fault", fault)
      expect(refused.status).toBe(400)
      expect(refused.text).toContain(`["${field}"]`)
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
    }).pipe(against)
  )

  it.live("that is no JSON is refused", () =>
    Effect.gen(function* () {
      const refused = yield* call("PUT", "/sandbox/fault", "{status")
      expect(refused.status).toBe(400)
      expect(refused.text).toContain("not JSON")
    }).pipe(against)
  )
})

describe("the ledger", () => {
  it.live("holds every call to the API with its status and its trace, and no key", () =>
    Effect.gen(function* () {
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      yield* call("POST", path, { member: alice.member }, { authorization: secretKey, traceparent })
      yield* call("POST", path, {}, {})
      const { calls, busiest10s } = yield* state
      expect(calls).toMatchObject([
        { method: "POST", path, status: 201, traceparent },
        { method: "POST", path, status: 401, traceparent: null }
      ])
      expect(busiest10s).toBe(2)
      expect((yield* call("GET", "/sandbox")).text).not.toContain(secretKey)
    }).pipe(against)
  )

  it.live("forgets all when it is told to, as often as it is told to", () =>
    Effect.gen(function* () {
      for (const _ of [1, 2, 3]) {
        expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
        yield* call("PUT", "/sandbox/fault", { status: 503 })
        expect((yield* call("DELETE", "/sandbox")).status).toBe(204)
        expect(yield* state).toMatchObject({ calls: [], participants: [], busiest10s: 0 })
      }
    }).pipe(against)
  )
})
