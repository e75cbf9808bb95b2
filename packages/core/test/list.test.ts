import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { recordingTracer } from "./spans.ts"
import { answer, before, targets } from "./wire.ts"

const address = (n: number) => `${n}@example.com`

const participant = (n: number) => LiveParticipantsTest.participant({ liveId: "live-1", member: address(n) })

/** Answers with these pages in their order, whatever page is asked for; then with empty ones. */
const pages = (total: number, ...ids: ReadonlyArray<ReadonlyArray<number>>) => {
  const rest = [...ids]
  return before((socket) =>
    socket.end(answer(200, JSON.stringify({ items: (rest.shift() ?? []).map(participant), total })))
  )
}

const list = (
  participants: LiveParticipants.LiveParticipants["Service"],
  options?: Partial<LiveParticipants.ListOptions>
) => participants.list({ liveId: "live-1", ...options })

const addresses = Effect.fnUntraced(function* (stream: ReturnType<typeof list>) {
  return (yield* Stream.runCollect(stream)).map(({ spotMemberEmail }) => spotMemberEmail)
})

const path = "/v1/lives/live-1/participants"

describe("a list", () => {
  it.effect("of one page takes one call", () =>
    Effect.gen(function* () {
      const wire = yield* pages(2, [1, 2])
      expect(yield* addresses(list(wire.participants))).toEqual([1, 2].map(address))
      expect(targets(wire)).toEqual([path])
    })
  )

  it.effect("of pages from 0 takes a call for each", () =>
    Effect.gen(function* () {
      const wire = yield* pages(5, [1, 2], [3, 4], [5])
      expect(yield* addresses(list(wire.participants))).toEqual([1, 2, 3, 4, 5].map(address))
      expect(targets(wire)).toEqual([path, `${path}?page=1`, `${path}?page=2`])
    })
  )

  it.effect("of pages from 1 takes one call more, unless the number of the first page is given", () =>
    Effect.gen(function* () {
      const unnamed = yield* pages(3, [1, 2], [1, 2], [3])
      expect(yield* addresses(list(unnamed.participants))).toEqual([1, 2, 3].map(address))
      expect(targets(unnamed)).toEqual([path, `${path}?page=1`, `${path}?page=2`])
      const named = yield* pages(3, [1, 2], [3])
      expect(yield* addresses(list(named.participants, { firstPage: 1, pageSize: 2 }))).toEqual(
        [1, 2, 3].map(address)
      )
      expect(targets(named)).toEqual([`${path}?page=1&limit=2`, `${path}?page=2&limit=2`])
    })
  )

  it.effect.each([
    ["an empty page", [[1, 2], [3], []]],
    ["a page that repeats the one before", [[1, 2], [3], [3], [3]]]
  ] as const)("ends at %s, whatever the total says", ([, given]) =>
    Effect.gen(function* () {
      const wire = yield* pages(100, ...given)
      expect(yield* addresses(list(wire.participants))).toEqual([1, 2, 3].map(address))
      expect(targets(wire)).toHaveLength(3)
    })
  )

  it.effect("is called for page by page, as it is read", () =>
    Effect.gen(function* () {
      const wire = yield* pages(4, [1, 2], [3, 4])
      expect(yield* addresses(Stream.take(list(wire.participants), 2))).toEqual([1, 2].map(address))
      expect(targets(wire)).toEqual([path])
    })
  )

  it.effect("has its filters in literal brackets", () =>
    Effect.gen(function* () {
      const wire = yield* pages(0)
      yield* addresses(
        list(wire.participants, {
          filter: {
            email: { eq: "a+b@example.com" },
            firstname: { contains: "é&=" },
            status: { in: ["Accepted", "Invited"] },
            hasReplayed: { eq: true }
          }
        })
      )
      expect(targets(wire)).toEqual([
        `${path}?email[eq]=a%2Bb%40example.com&firstname[contains]=%C3%A9%26%3D&status[in]=Accepted%2CInvited&hasReplayed[eq]=true`
      ])
    })
  )

  it.effect.each([
    [answer(401), { _tag: "Unauthorized" }],
    [answer(400), { _tag: "UnexpectedStatus", status: 400 }],
    [answer(404), { _tag: "LiveNotFound" }],
    [answer(429, "", { "retry-after": "7" }), { _tag: "RateLimited" }],
    [answer(500), { _tag: "UpstreamUnavailable", reason: "ServerError" }],
    [answer(302, "", { location: "/" }), { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [answer(200, "<html>"), { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [answer(200), { _tag: "UndecodableAnswer", issue: "the body is empty" }],
    [answer(200, '{"items":[{'), { _tag: "UndecodableAnswer", status: 200 }],
    [answer(200, '{"items":[{"id":1}],"total":1}'), { _tag: "UndecodableAnswer" }]
  ] as const)("fails with what the answer stands for: %s", ([reply, expected]) =>
    Effect.gen(function* () {
      const { participants } = yield* before(reply)
      expect(yield* Effect.flip(addresses(list(participants)))).toMatchObject({
        ...expected,
        liveId: "live-1"
      })
    })
  )

  it.effect("is refused before the call for what is no id of a Live", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(200))
      const error = yield* Effect.flip(addresses(list(wire.participants, { liveId: "alice@example.com" })))
      expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall", liveId: "[address]" })
      expect(wire.requests).toEqual([])
    })
  )

  it.effect("leaves no address in a span or an error", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recordingTracer()
      const { participants } = yield* before(answer(400, '"no alice@example.com here"'))
      const error = yield* addresses(
        list(participants, { filter: { email: { eq: "alice@example.com" } } })
      ).pipe(Effect.flip, Effect.withTracer(tracer))
      const seen = spans.map(({ name, attributes }) => [name, Object.fromEntries(attributes)])
      expect(seen).toMatchObject([
        ["LiveParticipants.list", { "live.id": "live-1" }],
        ["GET /v1/lives/{liveId}/participants", { "http.response.status_code": 400 }]
      ])
      expect(JSON.stringify(seen)).not.toContain("alice")
      expect(JSON.stringify(error) + error.message).not.toContain("alice")
    })
  )
})
