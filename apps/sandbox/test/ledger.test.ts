import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Array, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Ledger, State } from "../src/index.ts"
import { Operation } from "@usher/core/testing"
import * as SlidingWindow from "../src/SlidingWindow.ts"
import { call, invite, inviteMany, layer, list, state } from "./harness.ts"

const path = "/v1/lives/live-1/participants"
const against = Effect.provide(layer)

const arrive = (ledger: Ledger.Ledger["Service"], n: number) =>
  ledger.arrive({ method: "GET", path: `/v1/${n}`, traceparent: null }, "other", "Owner")

const gap = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 7 }))

describe("a sliding window", () => {
  it.prop(
    "holds as many at any time, and at most, as a look at all of them says",
    { gaps: Arbitrary.schema(Schema.Array(gap)), millis: Arbitrary.schema(Schema.Literals([1, 5, 20])) },
    ({ gaps, millis }) => {
      const times = Array.scan(gaps, 0, (time, gap) => time + gap)
      const window = SlidingWindow.make(millis)
      const held = times.map((time) => {
        window.add(time)
        return window.count(time)
      })
      const inWindowOf = (time: number, until: number) =>
        times.slice(0, until).filter((other) => other > time - millis).length
      expect(held).toEqual(times.map((time, index) => inWindowOf(time, index + 1)))
      expect(window.most()).toBe(Math.max(...held))
      const last = times.at(-1) ?? 0
      const oldest = times.find((time) => time > last - millis) ?? last
      expect(window.oldestLeavesIn(last)).toBe(oldest + millis - last)
      expect(window.count(last + window.oldestLeavesIn(last))).toBe(
        times.filter((time) => time > oldest).length
      )
    }
  )

  it("forgets what has left it, so that a long run holds no more than a short one", () => {
    const window = SlidingWindow.make(100)
    for (const time of Array.range(0, 1_000_000)) window.add(time)
    expect(window.count(1_000_000)).toBe(100)
    expect(window.most()).toBe(100)
    expect(window.remembered()).toBeLessThan(3_000)
    window.clear()
    expect(window.count(1_000_000)).toBe(0)
    expect(window.oldestLeavesIn(1_000_000)).toBe(0)
    expect(window.most()).toBe(0)
  })
})

describe("the ledger", () => {
  it.live.each([
    ["GET", "/v1/lives?title[eq]=x", { operation: "lives" }],
    ["GET", "/v1/lives/live-1", { operation: "lives", liveId: "live-1" }],
    ["PUT", "/v1/lives/live-1", { operation: "other", liveId: "live-1" }],
    ["POST", `${path}`, { operation: "invite", liveId: "live-1" }],
    ["POST", `${path}~bulkInvite`, { operation: "bulk", liveId: "live-1" }],
    ["GET", `${path}?page=1`, { operation: "list", liveId: "live-1" }],
    ["POST", "/v1/lives/live%201/speakers~bulkInvite", { operation: "speakers", liveId: "live 1" }],
    ["GET", "/v1/spotMembers?email[in]=a", { operation: "members" }],
    ["GET", "/v1/spotMembers/member-1", { operation: "members" }],
    ["POST", "/v1/spotMembers", { operation: "other" }],
    ["GET", "/v1/groups", { operation: "groups" }],
    ["GET", "/v1/groups/group-1/spotMembers", { operation: "groups" }],
    ["POST", "/v1/groups/group-1/spotMembers", { operation: "groups" }],
    ["POST", "/v1/groups/group-1/spotMembers~bulkAdd", { operation: "groups" }],
    ["GET", "/v1/courses", { operation: "other" }]
  ] as const)("knows what %s %s asks for", ([method, url, asked]) =>
    Effect.sync(() => expect(Operation.read(method, url)).toEqual(asked))
  )

  it.live("says who was invited when, how often again, and by how many calls of which kind", () =>
    Effect.gen(function* () {
      yield* invite({ liveId: "live-1", member: "alice@example.com" })
      yield* inviteMany("live-1", ["alice@example.com", "bob@example.com", "carol@example.com"])
      yield* list("live-1")
      yield* call("POST", path, {})
      yield* call("GET", "/v1/courses")
      const seen = yield* state
      expect(seen).toMatchObject({
        arrived: 6,
        busiest10s: 6,
        busiest24h: 6,
        accepted: { calls: 6, busiest10s: 6, busiest24h: 6 },
        refused: 0,
        faulty: 0,
        // The bulk call leaves out Alice, whom a single call confirms; the list is one page.
        operations: { invite: 3, bulk: 1, list: 1, lives: 0, speakers: 0, members: 0, groups: 0, other: 1 },
        invited: 3,
        peoplePerCall: { calls: 3, people: 5, most: 3, mean: 5 / 3 },
        duplicates: { members: 1, repeated: 2 },
        droppedCalls: 0
      })
      expect(seen.participants).toMatchObject([
        { member: "alice@example.com", created: 1, repeated: 2 },
        { member: "bob@example.com", created: 1, repeated: 0 },
        { member: "carol@example.com", created: 1, repeated: 0 }
      ])
      const times = seen.participants.map(({ invitedAt }) => invitedAt?.epochMilliseconds ?? 0)
      const came = seen.calls.map(({ at }) => at.epochMilliseconds)
      expect(times[0]).toBeGreaterThanOrEqual(came[0] ?? Infinity)
      expect(times[1]).toBeGreaterThanOrEqual(came[1] ?? Infinity)
      expect(times[2]).toBe(times[1])
    }).pipe(against)
  )

  it.live("shows its counts alone", () =>
    Effect.gen(function* () {
      yield* invite({ liveId: "live-1", member: "alice@example.com" })
      const { text } = yield* call("GET", "/sandbox/summary")
      const summary = yield* Schema.decodeEffect(Schema.fromJsonString(State.Summary), {
        onExcessProperty: "error"
      })(text)
      const all = yield* state
      for (const key of Object.keys(summary)) expect(all).toHaveProperty(key)
      expect(summary).toMatchObject({ arrived: 1, invited: 1, peoplePerCall: { mean: 1 } })
    }).pipe(against)
  )

  it.live("counts a stranger's call, which spends nothing of the key", () =>
    Effect.gen(function* () {
      yield* call("POST", path, { member: "alice@example.com" }, { authorization: "guess" })
      expect(yield* state).toMatchObject({ arrived: 1, accepted: { calls: 0, busiest10s: 0 }, refused: 0 })
    }).pipe(against)
  )

  it.effect("keeps the latest calls, and the maxima of all of them", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger.Ledger
      for (const n of Array.range(1, 500)) yield* arrive(ledger, n)
      for (const n of Array.range(501, 12_000)) {
        yield* TestClock.adjust("1 second")
        yield* arrive(ledger, n)
      }
      const { calls, ...seen } = yield* ledger.state
      expect(seen).toMatchObject({
        arrived: 12_000,
        busiest10s: 509,
        busiest24h: 12_000,
        droppedCalls: 2_000
      })
      expect(calls).toHaveLength(10_000)
      expect(calls[0]).toMatchObject({ path: "/v1/2001" })
      expect(calls.at(-1)).toMatchObject({ path: "/v1/12000" })
    }).pipe(against)
  )

  it.effect("holds more than a day: what came a day later is in another window", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger.Ledger
      yield* arrive(ledger, 1)
      yield* TestClock.adjust("23 hours")
      yield* arrive(ledger, 2)
      yield* TestClock.adjust("1 hour")
      yield* arrive(ledger, 3)
      expect(yield* ledger.summary).toMatchObject({ arrived: 3, busiest10s: 1, busiest24h: 2 })
    }).pipe(against)
  )

  it.live("shows a call that has no answer yet without a status", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger.Ledger
      const { answered } = yield* arrive(ledger, 1)
      expect((yield* ledger.state).calls).toMatchObject([{ status: 0 }])
      answered(200)
      expect((yield* ledger.state).calls).toMatchObject([{ status: 200 }])
    }).pipe(against)
  )
})
