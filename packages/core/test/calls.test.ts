/** How the calls that concern no Live end, decided on the wire. */
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Redacted, Schema, Stream, Tracer } from "effect"
import {
  Budget,
  CallError,
  Groups,
  InviteError,
  Lives,
  MeltingSpotClient,
  Speakers,
  SpotMembers
} from "../src/index.ts"
import { answer, serve, targets } from "./wire.ts"

/** All services before a raw server, and what arrived there. */
const before = Effect.fnUntraced(function* (reply: Parameters<typeof serve>[0]) {
  const wire = yield* serve(reply)
  const options = { secretKey: Redacted.make("k"), baseUrl: wire.baseUrl, timeout: "5 seconds" } as const
  const needed = yield* Layer.build(Layer.merge(NodeHttpClient.layerUndici, Budget.layerUnlimited))
  const services = yield* Effect.all({
    lives: Lives.make(options),
    speakers: Speakers.make(options),
    members: SpotMembers.make(options),
    groups: Groups.make(options),
    client: MeltingSpotClient.make(options)
  }).pipe(Effect.provide(needed))
  return { ...wire, ...services }
})

const page = (...items: ReadonlyArray<unknown>) => answer(200, JSON.stringify({ items, total: items.length }))

const live = {
  id: "live-1",
  title: "Product launch",
  startDate: "2026-05-04T09:42:00Z",
  endDate: "2026-05-04T12:42:00+02:00",
  status: "Planned",
  computedStatus: "Planned",
  solution: "BuiltIn",
  privacy: { visibility: "AnyOne", participation: "AnySpotMembers" },
  description: [{ type: "p", children: [{ text: "My new live" }] }],
  metrics: {
    averageViewTime: null,
    noShow: 3,
    totalReplayView: null,
    registrant: 12,
    attendee: 9,
    attendanceRate: 0.75,
    invited: 20
  }
}

const member = {
  id: "member-1",
  spotId: "spot-1",
  userId: null,
  email: "ada@example.com",
  title: null,
  lang: "en",
  role: "Member",
  customRoleId: null,
  status: "Accepted",
  firstname: "Ada",
  lastname: "Lovelace",
  warnings: 0,
  embedBaseUrls: { default: "https://example.com" },
  updatedAt: 1_715_095_714_000
}

describe("a call that concerns no Live", () => {
  it.effect.each([
    [answer(400), { _tag: "UnexpectedStatus", status: 400 }],
    [answer(401), { _tag: "Unauthorized", status: 401 }],
    [answer(403), { _tag: "Unauthorized", status: 403 }],
    [answer(404), { _tag: "ResourceNotFound" }],
    [answer(418), { _tag: "UnexpectedStatus", status: 418 }],
    [answer(429, "", { "retry-after": "7" }), { _tag: "RateLimited", retryAfter: Duration.seconds(7) }],
    [answer(503), { _tag: "UpstreamUnavailable", reason: "ServerError", mayHaveArrived: true, status: 503 }],
    [answer(302, "", { location: "/" }), { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [answer(200, "<html>"), { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [answer(404, "<html>"), { _tag: "UpstreamUnavailable", reason: "NotTheApi", status: 404 }],
    [answer(200), { _tag: "UndecodableAnswer", issue: "the body is empty" }],
    [answer(200, '{"id":1}'), { _tag: "UndecodableAnswer", status: 200 }]
  ] as const)("fails with what the answer stands for: %s", ([reply, expected]) =>
    Effect.gen(function* () {
      const { members } = yield* before(reply)
      const error = yield* Effect.flip(members.get("member-1"))
      expect(error).toMatchObject({ ...expected, call: "GET /v1/spotMembers/{spotMemberId}" })
      expect(error.message).toContain("GET /v1/spotMembers/{spotMemberId}")
      const mayPass = ["RateLimited", "UpstreamUnavailable"].includes(expected._tag)
      expect([error.isRetryable, InviteError.isRetryable(error)]).toEqual([mayPass, mayPass])
      expect(InviteError.retryAfter(error)).toEqual(error.retryAfter)
    })
  )

  it.effect.each([
    [answer(400, '{"message":"no"}'), { _tag: "MalformedPayload", reason: "Refused" }],
    [answer(422), { _tag: "MalformedPayload", reason: "Refused" }],
    [answer(413), { _tag: "PayloadTooLarge" }],
    [answer(404), { _tag: "ResourceNotFound" }],
    [answer(200), { _tag: "UndecodableAnswer" }]
  ] as const)("with a body, fails with what the answer stands for: %s", ([reply, expected]) =>
    Effect.gen(function* () {
      const { groups } = yield* before(reply)
      expect(yield* Effect.flip(groups.addMany("group-1", ["member-1"]))).toMatchObject({
        ...expected,
        call: "POST /v1/groups/{groupId}/spotMembers~bulkAdd",
        isRetryable: false,
        retryAfter: undefined
      })
    })
  )

  it.effect("says that nobody is reached, and that nothing arrived", () =>
    Effect.gen(function* () {
      const { lives } = yield* before((socket) => socket.destroy())
      expect(yield* Effect.flip(Stream.runCollect(lives.list()))).toMatchObject({
        _tag: "UpstreamUnavailable",
        reason: "Disconnected",
        call: "GET /v1/lives"
      })
    })
  )

  it.effect("has errors that survive as JSON", () =>
    Effect.gen(function* () {
      const { members } = yield* before(answer(429, "", { "retry-after": "7" }))
      const error = yield* Effect.flip(members.get("member-1"))
      const codec = Schema.fromJsonString(CallError.CallError)
      const json = yield* Schema.encodeEffect(codec)(error)
      const read = yield* Schema.decodeEffect(codec)(json)
      expect([read._tag, read.message]).toEqual([error._tag, error.message])
    })
  )
})

describe("a call that is refused before it is made", () => {
  it.effect("names the option or the id, and reaches nobody", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(200))
      const { client, groups, lives, members, speakers } = wire
      const flaws = yield* Effect.all([
        Effect.flip(Stream.runCollect(lives.list({ pageSize: 0 }))),
        Effect.flip(Stream.runCollect(lives.list({ pageSize: 2.5 }))),
        Effect.flip(Stream.runCollect(members.list({ firstPage: -1 }))),
        Effect.flip(members.get("..")),
        Effect.flip(members.get("ada@example.com")),
        Effect.flip(members.findByAddress("ada")),
        Effect.flip(Stream.runCollect(groups.members(""))),
        Effect.flip(groups.add("group-1", "ada@example.com")),
        Effect.flip(groups.addMany(".", ["member-1"])),
        Effect.flip(lives.get("a b")),
        Effect.flip(speakers.inviteBulk({ liveId: "live-1", spotMemberIds: [""] })),
        Effect.flip(client.call({ method: "POST", path: "/v1/groups", body: { n: 1n } })),
        Effect.flip(client.call({ method: "GET", path: "v1/lives" })),
        Effect.flip(client.call({ method: "GET", path: "/v1/lives?page=1" })),
        Effect.flip(client.call({ method: "GET", path: "/v1/tags/{tag}", params: { tag: "\ud800" } }))
      ])
      expect(flaws.map((error) => [error._tag, "reason" in error && error.reason])).toEqual(
        flaws.map(() => ["MalformedPayload", "BeforeCall"])
      )
      expect(flaws.map(({ message }) => message).join()).not.toContain("ada@")
      expect(wire.requests).toEqual([])
    })
  )

  it.effect("is no call at all for an empty choice", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(500))
      expect(yield* Stream.runCollect(wire.members.list({ filter: { email: { in: [] } } }))).toEqual([])
      expect(yield* wire.speakers.inviteBulk({ liveId: "live-1", spotMemberIds: [] })).toEqual([])
      expect(wire.requests).toEqual([])
    })
  )
})

describe("what is sent", () => {
  it.effect("has filters in literal brackets, and dates in seconds or milliseconds", () =>
    Effect.gen(function* () {
      const wire = yield* before(page())
      const startDate = { gte: DateTime.makeUnsafe("2026-05-04T09:42:00Z") }
      yield* Stream.runDrain(
        wire.lives.list({ filter: { title: { contains: "é&=" }, status: { eq: "Planned" }, startDate } })
      )
      yield* Stream.runDrain(wire.lives.list({ filter: { startDate }, timestampUnit: "milliseconds" }))
      yield* Stream.runDrain(
        wire.members.list({ filter: { email: { in: ["a+b@example.com", "c@example.com"] } }, pageSize: 5 })
      )
      yield* wire.client.call({
        method: "GET",
        path: "/v1/spotMemberCustomRole",
        query: { "label[in]": ["a", "b"], page: 1, none: undefined }
      })
      expect(targets(wire)).toEqual([
        "/v1/lives?title[contains]=%C3%A9%26%3D&status[eq]=Planned&startDate[gte]=1777887720",
        "/v1/lives?startDate[gte]=1777887720000",
        "/v1/spotMembers?limit=5&email[in]=a%2Bb%40example.com%2Cc%40example.com",
        "/v1/spotMemberCustomRole?label[in]=a%2Cb&page=1"
      ])
    })
  )

  it.effect("leaves out what is undefined, and holds the key", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(200, "[]"))
      yield* wire.speakers.inviteBulk({
        liveId: "live-1",
        spotMemberIds: ["member-1"],
        invitedBySpotMemberId: undefined,
        grantHostRights: true
      })
      const [request = ""] = wire.requests
      expect(request).toContain("POST /v1/lives/live-1/speakers~bulkInvite ")
      expect(request).toMatch(/authorization: k\r\n/i)
      expect(JSON.parse(request.split("\r\n\r\n")[1] ?? "")).toEqual({
        spotMemberIds: ["member-1"],
        grantHostRights: true
      })
    })
  )

  it.effect("has its ids escaped", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(204))
      const params = { slug: "a/b?c", id: "é" }
      yield* wire.client.call({
        method: "PUT",
        path: "/v1/spotMembers/{id}/x/{slug}",
        params,
        body: { value: 1 }
      })
      expect(targets(wire)).toEqual(["/v1/spotMembers/%C3%A9/x/a%2Fb%3Fc"])
    })
  )
})

describe("what is read", () => {
  it.effect("lets undocumented fields and values of a Live pass", () =>
    Effect.gen(function* () {
      const odd = { ...live, status: "Postponed", computedStatus: "Live", solution: "Zoom", tags: ["a"] }
      const { lives } = yield* before(page(live, { ...odd, id: "live-2" }))
      const found = yield* Stream.runCollect(lives.list())
      expect(found.map(({ status, solution }) => [status, solution])).toEqual([
        ["Planned", "BuiltIn"],
        ["Postponed", "Zoom"]
      ])
      expect(found.map(({ endDate }) => DateTime.formatIso(endDate))).toEqual([
        "2026-05-04T10:42:00.000Z",
        "2026-05-04T10:42:00.000Z"
      ])
      expect(found[0]?.metrics).toMatchObject({ attendanceRate: 0.75, averageViewTime: null })
    })
  )

  it.effect("lets undocumented fields and values of a member pass, with dates in milliseconds", () =>
    Effect.gen(function* () {
      const odd = {
        ...member,
        role: "Guest",
        lang: "sv",
        status: "Banned",
        lastActivityAt: null,
        firstname: null
      }
      const { members } = yield* before(answer(200, JSON.stringify({ ...odd, badge: 1 })))
      const found = yield* members.get("member-1")
      expect(found).toMatchObject({ role: "Guest", lang: "sv", status: "Banned", firstname: null })
      expect(found.updatedAt).toEqual(DateTime.makeUnsafe(1_715_095_714_000))
    })
  )

  it.effect("takes groups as a page or as an array", () =>
    Effect.gen(function* () {
      const group = { id: "group-1", name: "Customers", icon: { url: "x" } }
      for (const reply of [page(group), answer(200, JSON.stringify([group]))]) {
        const { groups } = yield* before(reply)
        expect(yield* Stream.runCollect(groups.list())).toMatchObject([{ name: "Customers" }])
      }
    })
  )

  it.effect("finds nobody behind an address when the upstream answers with somebody else", () =>
    Effect.gen(function* () {
      const { members } = yield* before(page(member))
      expect(yield* members.findByAddress("bob@example.com")).toMatchObject({ _tag: "None" })
      expect(yield* members.findByAddress("ADA@example.com")).toMatchObject({ _tag: "Some" })
    })
  )
})

describe("a trace", () => {
  it.effect("holds templates, and neither addresses nor ids", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
      const { client, groups, members } = yield* before(page())
      yield* Effect.all([
        members.findByAddress("ada@example.com"),
        Effect.exit(members.get("secret-id")),
        Effect.exit(groups.addMany("secret-id", ["secret-id"])),
        Effect.exit(client.call({ method: "GET", path: "/v1/tags/{tag}", params: { tag: "secret-id" } }))
      ]).pipe(Effect.withTracer(tracer))
      const seen = spans.map(({ name, attributes }) => [name, Object.fromEntries(attributes)])
      expect(seen.map(([name]) => name)).toEqual(
        expect.arrayContaining([
          "SpotMembers.list",
          "SpotMembers.get",
          "Groups.addMany",
          "MeltingSpotClient.call"
        ])
      )
      const text = JSON.stringify(seen)
      expect(text).toContain("/v1/tags/{tag}")
      expect(text).not.toMatch(/ada|secret-id/)
    })
  )
})

/** What the compiler refuses. */
export const refused = (client: MeltingSpotClient.MeltingSpotClient["Service"]) => [
  // @ts-expect-error the path has a parameter
  client.call({ method: "GET", path: "/v1/groups/{groupId}/spotMembers" }),
  // @ts-expect-error the path has another parameter
  client.call({ method: "GET", path: "/v1/groups/{groupId}/spotMembers", params: { group: "group-1" } }),
  // @ts-expect-error no such method
  client.call({ method: "FETCH", path: "/v1/groups" })
]
