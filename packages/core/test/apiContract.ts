/** What every upstream must do that the other services may stand before, whether in memory or served over HTTP. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, type Layer, Option, Schema, Stream } from "effect"
import { Groups, Lives, MeltingSpotClient, Speakers, SpotMembers } from "../src/index.ts"
import { MeltingSpotMemory, type MeltingSpotTest } from "../src/testing.ts"

/** The upstream behind the layer is this Spot, with pages of two. */
export const spot: MeltingSpotMemory.Options = { ...MeltingSpotMemory.sample, pageSize: 2, maxMembers: 3 }

const titles = (options?: Lives.LivesOptions) =>
  Lives.Lives.use(({ list }) =>
    Effect.map(Stream.runCollect(list(options)), (lives) => lives.map(({ id, title }) => `${id} ${title}`))
  )

const emails = (options?: SpotMembers.SpotMembersOptions) =>
  SpotMembers.SpotMembers.use(({ list }) =>
    Effect.map(Stream.runCollect(list(options)), (members) => members.map(({ email }) => email))
  )

const groupMembers = (groupId: string) =>
  Groups.Groups.use(({ members }) =>
    Effect.map(Stream.runCollect(members(groupId)), (members) => members.map(({ id }) => id))
  )

export const apiContract = <E>(subject: string, layer: Layer.Layer<MeltingSpotTest.Services, E>) =>
  describe(`the rest of the API, kept by ${subject}`, () => {
    const against = <A, E2>(test: Effect.Effect<A, E2, MeltingSpotTest.Services>) =>
      Effect.provide(test, layer)

    it.live("lists every Live once, page by page", () =>
      Effect.gen(function* () {
        const all = [
          "live-1 Product launch",
          "live-2 Product launch",
          "live-3 Onboarding workshop",
          "live-4 Customer day"
        ]
        expect(yield* titles()).toEqual(all)
        expect(yield* titles({ pageSize: 3 })).toEqual(all)
      }).pipe(against)
    )

    it.live.each([
      [{ title: { contains: "work" } }, ["live-3"]],
      [{ title: { eq: "Customer day" } }, ["live-4"]],
      [{ status: { eq: "Ended" } }, ["live-2"]],
      [{ solution: { in: ["Youtube", "Vimeo"] } }, ["live-4"]],
      [{ solution: { in: [] } }, []],
      [{ builtInType: { eq: "Workshop" } }, ["live-3"]],
      [{ startDate: { gte: DateTime.makeUnsafe("2027-03-01T16:00:00Z") } }, ["live-1"]],
      [{ startDate: { lt: DateTime.makeUnsafe("2026-03-01T16:00:01Z") } }, ["live-2"]],
      [{ invited: { gt: 0 } }, []]
    ] as const)("lists the Lives that a filter finds: %j", ([filter, expected]) =>
      Effect.gen(function* () {
        expect((yield* titles({ filter })).map((line) => line.split(" ")[0])).toEqual(expected)
      }).pipe(against)
    )

    it.live("finds Lives by title, of which a series has several", () =>
      Effect.gen(function* () {
        const { findByTitle } = yield* Lives.Lives
        const found = yield* findByTitle("Product launch")
        expect(found.map(({ id, status }) => [id, status])).toEqual([
          ["live-1", "Planned"],
          ["live-2", "Ended"]
        ])
        expect(yield* findByTitle("Product")).toEqual([])
      }).pipe(against)
    )

    it.live("gets one Live, and knows no other", () =>
      Effect.gen(function* () {
        const { get } = yield* Lives.Lives
        const live = yield* get("live-1")
        expect(live).toMatchObject({
          title: "Product launch",
          solution: "BuiltIn",
          privacy: { visibility: "AnyOne" }
        })
        expect(DateTime.formatIso(live.startDate)).toBe("2027-03-01T16:00:00.000Z")
        expect(yield* Effect.flip(get("live-9"))).toMatchObject({ _tag: "LiveNotFound", liveId: "live-9" })
      }).pipe(against)
    )

    it.live("invites speakers, and says of each what they are", () =>
      Effect.gen(function* () {
        const { inviteBulk } = yield* Speakers.Speakers
        const spotMemberIds = ["member-2", "member-1"]
        const answers = yield* inviteBulk({ liveId: "live-1", spotMemberIds, highlighted: true })
        expect(answers).toMatchObject([
          { spotMemberId: "member-2", spotMemberFirstname: "Alan", type: "Speaker", isHighlighted: true },
          { spotMemberId: "member-1", spotMemberEmail: "ada@example.com", type: "Speaker" }
        ])
        expect(yield* inviteBulk({ liveId: "live-1", spotMemberIds: [] })).toEqual([])
      }).pipe(against)
    )

    it.live("refuses speakers who are nobody, to no Live, or too many", () =>
      Effect.gen(function* () {
        const { inviteBulk } = yield* Speakers.Speakers
        const refused = (liveId: string, ...spotMemberIds: ReadonlyArray<string>) =>
          Effect.map(Effect.flip(inviteBulk({ liveId, spotMemberIds })), ({ _tag }) => _tag)
        expect(yield* refused("live-1", "nobody")).toBe("MalformedPayload")
        expect(yield* refused("live-1", "ada@example.com")).toBe("MalformedPayload")
        expect(yield* refused("live-9", "member-1")).toBe("LiveNotFound")
        expect(yield* refused("live-1", "member-0", "member-1", "member-2", "member-3")).toBe(
          "PayloadTooLarge"
        )
      }).pipe(against)
    )

    it.live("lists every member of the Spot once, page by page", () =>
      Effect.gen(function* () {
        const all = ["host@example.com", "ada@example.com", "alan@example.com", "grace@example.com"]
        expect(yield* emails()).toEqual(all)
        expect(yield* emails({ filter: { email: { in: ["Ada@Example.com", "alan@example.com"] } } })).toEqual(
          all.slice(1, 3)
        )
        expect(yield* emails({ filter: { lastname: { in: ["Turing"] } } })).toEqual(["alan@example.com"])
        expect(yield* emails({ filter: { email: { in: [] } } })).toEqual([])
      }).pipe(against)
    )

    it.live("finds a member by address, however it is written", () =>
      Effect.gen(function* () {
        const { findByAddress } = yield* SpotMembers.SpotMembers
        const found = yield* findByAddress("Ada@Example.com")
        expect(Option.map(found, ({ id }) => id)).toEqual(Option.some("member-1"))
        expect(yield* findByAddress("nobody@example.com")).toEqual(Option.none())
      }).pipe(against)
    )

    it.live("gets a member by id, and knows no other", () =>
      Effect.gen(function* () {
        const { get } = yield* SpotMembers.SpotMembers
        expect(yield* get("member-1")).toMatchObject({ email: "ada@example.com", role: "Admin" })
        expect(yield* Effect.flip(get("member-9"))).toMatchObject({
          _tag: "ResourceNotFound",
          call: "GET /v1/spotMembers/{spotMemberId}"
        })
      }).pipe(against)
    )

    it.live("lists groups and their members", () =>
      Effect.gen(function* () {
        const { list } = yield* Groups.Groups
        const groups = yield* Stream.runCollect(list({ pageSize: 1 }))
        expect(groups.map(({ name }) => name)).toEqual(["Customers", "Partners"])
        expect(yield* groupMembers("group-1")).toEqual(["member-1", "member-2"])
        expect(yield* Effect.flip(groupMembers("group-9"))).toMatchObject({ _tag: "ResourceNotFound" })
      }).pipe(against)
    )

    it.live("adds one member to a group, and many", () =>
      Effect.gen(function* () {
        const { add, addMany } = yield* Groups.Groups
        expect(yield* add("group-2", "member-3")).toBeUndefined()
        expect(yield* addMany("group-2", ["member-1", "nobody"])).toEqual({
          addedSpotMemberIds: ["member-1"],
          failedSpotMemberIds: ["nobody"]
        })
        expect(yield* groupMembers("group-2")).toEqual(["member-3", "member-1"])
        expect(yield* Effect.flip(add("group-2", "nobody"))).toMatchObject({
          _tag: "MalformedPayload",
          reason: "Refused"
        })
        expect(yield* Effect.flip(add("group-9", "member-1"))).toMatchObject({ _tag: "ResourceNotFound" })
        expect(yield* addMany("group-2", [])).toEqual({ addedSpotMemberIds: [], failedSpotMemberIds: [] })
      }).pipe(against)
    )

    it.live("takes any other call of the client", () =>
      Effect.gen(function* () {
        const { call } = yield* MeltingSpotClient.MeltingSpotClient
        const Total = Schema.Struct({ total: Schema.Int })
        const query = { "title[contains]": "launch", limit: 1 }
        expect(yield* call({ method: "GET", path: "/v1/lives", query, answer: Total })).toEqual({ total: 2 })
        expect(
          yield* call({
            method: "POST",
            path: "/v1/groups/{groupId}/spotMembers",
            params: { groupId: "group-1" },
            body: { spotMemberId: "member-3" }
          })
        ).toBeUndefined()
        expect(yield* groupMembers("group-1")).toEqual(["member-1", "member-2", "member-3"])
        const unknown = { method: "DELETE", path: "/v1/tags/{tag}", params: { tag: "a/b" } } as const
        expect(yield* Effect.flip(call(unknown))).toMatchObject({
          _tag: "ResourceNotFound",
          call: "DELETE /v1/tags/{tag}"
        })
      }).pipe(against)
    )
  })
