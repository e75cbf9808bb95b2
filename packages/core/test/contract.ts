/** What every upstream must do that `LiveParticipants` may stand before, whether real, recorded or in memory. */
import { describe, expect, it } from "@effect/vitest"
import { Array, Effect, type Layer, Stream } from "effect"
import { type Invitation, LiveParticipants } from "../src/index.ts"

export const liveId = "live-1"

/** The upstream behind the layer answers pages of this size, and takes no more members in one call. */
export const spot = { lives: [liveId], pageSize: 2, maxMembers: 4 }

export const everybody = ["alice", "bob", "carol", "dave", "erin"].map((name) => `${name}@example.com`)
const [alice = "", bob = "", carol = ""] = everybody

export const contract = <E>(subject: string, layer: Layer.Layer<LiveParticipants.LiveParticipants, E>) =>
  describe(`the contract, kept by ${subject}`, () => {
    const against = <A, E2>(test: Effect.Effect<A, E2, LiveParticipants.LiveParticipants>) =>
      Effect.provide(test, layer)

    const invite = (member: string, other?: Partial<Invitation.Invitation>) =>
      LiveParticipants.LiveParticipants.use((participants) =>
        participants.invite({ liveId, member, ...other })
      )

    const inviteMany = (members: ReadonlyArray<string>, chunkSize?: number) =>
      LiveParticipants.LiveParticipants.use((participants) =>
        participants.inviteMany({ liveId, members, chunkSize }).pipe(Stream.runCollect)
      )

    const list = (options?: Partial<LiveParticipants.ListOptions>) =>
      LiveParticipants.LiveParticipants.use((participants) =>
        Stream.runCollect(participants.list({ liveId, ...options }))
      ).pipe(Effect.map(Array.map(({ spotMemberEmail }) => spotMemberEmail)))

    it.live("invites who is not there yet", () =>
      Effect.gen(function* () {
        expect(yield* invite(alice)).toMatchObject({ liveId, spotMemberEmail: alice })
      }).pipe(against)
    )

    it.live("says of who is there that they are, however the address is written", () =>
      Effect.gen(function* () {
        yield* invite(alice)
        expect(yield* Effect.flip(invite(alice))).toMatchObject({ _tag: "AlreadyInvited", liveId })
        expect(yield* Effect.flip(invite("Alice@Example.com"))).toMatchObject({ _tag: "AlreadyInvited" })
      }).pipe(against)
    )

    it.live("invites a Spot member by id, and refuses an id of nobody", () =>
      Effect.gen(function* () {
        expect(yield* invite("member-0")).toMatchObject({ spotMemberId: "member-0" })
        expect(yield* Effect.flip(invite("nobody"))).toMatchObject({ _tag: "MalformedPayload" })
      }).pipe(against)
    )

    it.live("knows no other Live", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(invite(alice, { liveId: "live-2" }))
        expect(error).toMatchObject({ _tag: "LiveNotFound", liveId: "live-2" })
      }).pipe(against)
    )

    it.live("gives each member of a batch a result, in the order given", () =>
      Effect.gen(function* () {
        yield* invite(alice)
        const results = yield* inviteMany(["member-0", alice, bob, "BOB@example.com"])
        expect(results).toMatchObject([
          { _tag: "Invited", member: "member-0", participant: { spotMemberId: "member-0" } },
          { _tag: "AlreadyInvited", member: alice },
          { _tag: "Invited", member: bob, participant: { spotMemberEmail: bob } },
          { _tag: "AlreadyInvited", member: "BOB@example.com" }
        ])
      }).pipe(against)
    )

    it.live("refuses only the bad member of a batch", () =>
      Effect.gen(function* () {
        const results = yield* inviteMany([bob, "nobody", carol])
        expect(results).toMatchObject([
          { _tag: "Invited", member: bob },
          { _tag: "Rejected", member: "nobody", error: { _tag: "MalformedPayload" } },
          { _tag: "Invited", member: carol }
        ])
      }).pipe(against)
    )

    it.live("takes a batch that is too large in halves", () =>
      Effect.gen(function* () {
        const results = yield* inviteMany(everybody, 5)
        expect(results.map(({ _tag, member }) => [_tag, member])).toEqual(
          everybody.map((member) => ["Invited", member])
        )
      }).pipe(against)
    )

    it.live("lists everybody once, page by page", () =>
      Effect.gen(function* () {
        yield* inviteMany(everybody, 4)
        expect(yield* list()).toEqual(everybody)
        expect(yield* list({ pageSize: 3 })).toEqual(everybody)
      }).pipe(against)
    )

    it.live("lists whom a filter finds", () =>
      Effect.gen(function* () {
        yield* inviteMany(everybody, 4)
        expect(yield* list({ filter: { email: { contains: "ali" } } })).toEqual([alice])
        expect(
          yield* list({ filter: { email: { eq: bob }, type: { in: ["Host", "Participant"] } } })
        ).toEqual([bob])
        expect(yield* list({ filter: { email: { eq: "nobody@example.com" } } })).toEqual([])
      }).pipe(against)
    )
  })
