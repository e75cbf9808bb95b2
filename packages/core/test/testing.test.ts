import { describe, expect, it } from "@effect/vitest"
import { Array, Clock, Context, Duration, Effect, Fiber, Layer, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  Invitation,
  InviteError,
  LiveParticipants,
  Participant,
  type ParticipantFilter
} from "../src/index.ts"
import { type Fault, Faults, Generators, LiveParticipantsTest } from "../src/testing.ts"

const { after, alreadyInvited, fails, invited, layerScripted, times } = LiveParticipantsTest

const alice = { liveId: "live-1", member: "alice@example.com" }
const limited = new InviteError.RateLimited({ liveId: "live-1", retryAfter: Duration.seconds(3) })
const notFound = new InviteError.LiveNotFound({ liveId: "live-1" })

describe("the scripted double", () => {
  it.effect("fails twice with RateLimited, then succeeds, and remembers each call", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      expect(yield* Effect.flip(invite(alice))).toBe(limited)
      expect(yield* Effect.flip(invite(alice))).toBe(limited)
      expect(yield* invite(alice)).toMatchObject({ liveId: "live-1", spotMemberEmail: "alice@example.com" })
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
      expect(yield* (yield* LiveParticipantsTest.Recorder).invitations).toEqual(Array.replicate(alice, 4))
    }).pipe(Effect.provide(layerScripted(...times(2, fails(limited)))))
  )

  it.effect("answers after a while, by the test's clock", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      const fiber = yield* Effect.forkChild(
        Effect.andThen(Effect.exit(invite(alice)), Clock.currentTimeMillis)
      )
      yield* TestClock.adjust("1 hour")
      expect(yield* Fiber.join(fiber)).toBe(2000)
    }).pipe(Effect.provide(layerScripted(after("2 seconds", alreadyInvited))))
  )

  it.effect("gives a batch an answer for each member, and the batch fails where no member is to blame", () =>
    Effect.gen(function* () {
      const { inviteMany, list } = yield* LiveParticipants.LiveParticipants
      const results: Array<string> = []
      const error = yield* inviteMany({
        liveId: "live-1",
        members: ["a@b.c", "b@b.c", "c@b.c", "d@b.c"]
      }).pipe(
        Stream.runForEach(({ _tag, member }) => Effect.sync(() => results.push(`${_tag} ${member}`))),
        Effect.flip
      )
      expect(error).toBe(notFound)
      expect(results).toEqual(["Invited a@b.c", "AlreadyInvited b@b.c"])
      const recorder = yield* LiveParticipantsTest.Recorder
      expect((yield* recorder.invitations).map(({ member }) => member)).toEqual(["a@b.c", "b@b.c", "c@b.c"])
      const listed = yield* Stream.runCollect(list({ liveId: "live-1" }))
      expect(listed.map(({ spotMemberEmail }) => spotMemberEmail)).toEqual(["a@b.c"])
    }).pipe(Effect.provide(layerScripted(invited, alreadyInvited, fails(notFound))))
  )
})

describe("a double that answers by a function", () => {
  const { down, inOrder, layerWith } = LiveParticipantsTest
  const bob = { liveId: "live-1", member: "bob@example.com" }

  it.effect("answers by member and by count", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      expect(yield* Effect.flip(invite(alice))).toBe(limited)
      expect((yield* Effect.flip(invite(bob)))._tag).toBe("AlreadyInvited")
      expect(yield* invite(alice)).toMatchObject({ spotMemberEmail: alice.member })
    }).pipe(
      Effect.provide(
        layerWith((invitation, n) =>
          invitation.member === bob.member
            ? alreadyInvited(invitation)
            : (n === 1 ? fails(limited) : invited)(invitation)
        )
      )
    )
  )

  it.effect.each([
    ["at once", layerWith(down), 0],
    ["after a while", layerWith(inOrder([invited], down)), 1]
  ] as const)("is down for good: %s", ([, layer, before]) =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      const tags: Array<string> = []
      for (let n = 0; n < 20; n++) {
        tags.push(
          yield* Effect.match(invite(alice), { onSuccess: () => "Invited", onFailure: ({ _tag }) => _tag })
        )
      }
      expect(tags.filter((tag) => tag === "Invited")).toHaveLength(before)
      expect(tags.slice(before)).toEqual(Array.replicate("UpstreamUnavailable", 20 - before))
    }).pipe(Effect.provide(layer))
  )

  it.effect("refuses what the real one refuses, and was not asked for it", () =>
    Effect.gen(function* () {
      const refused: ReadonlyArray<unknown> = [
        { ...alice, member: "" },
        { ...alice, member: "a b" },
        { ...alice, member: "a@b@c" },
        { ...alice, member: "x".repeat(400) },
        { ...alice, member: undefined },
        { ...alice, liveId: "" },
        { ...alice, liveId: ".." },
        { ...alice, invitedBySpotMemberId: "" },
        { ...alice, withEmailNotification: "yes" }
      ]
      const seen = Effect.fnUntraced(function* (layer: Layer.Layer<LiveParticipants.LiveParticipants>) {
        const context = yield* Layer.build(layer)
        const { invite, inviteBulk, inviteMany, list } = Context.get(
          context,
          LiveParticipants.LiveParticipants
        )
        return yield* Effect.forEach(refused, (given) => {
          const invitation = Object.assign({}, alice, given)
          const { member, ...batch } = invitation
          return Effect.all([
            Effect.flip(invite(invitation)),
            Effect.flip(inviteBulk({ ...batch, members: [member] })),
            Effect.exit(Stream.runCollect(inviteMany({ ...batch, members: [member] }))),
            Effect.exit(Stream.runCollect(list({ liveId: batch.liveId })))
          ])
        })
      })
      const real = yield* seen(LiveParticipantsTest.layerMemory())
      expect(yield* seen(layerScripted())).toEqual(real)
      for (const [error] of real)
        expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall" })
      const recorder = yield* LiveParticipantsTest.Recorder
      expect(yield* recorder.invitations).toEqual([])
    }).pipe(Effect.provide(layerScripted()))
  )

  it.effect("makes bulk calls that fail, if it is told how to answer them", () =>
    Effect.gen(function* () {
      const { inviteMany, list } = yield* LiveParticipants.LiveParticipants
      const members = ["a@b.c", "b@b.c"]
      const results = yield* Stream.runCollect(
        inviteMany({
          liveId: "live-1",
          members,
          perCall: Effect.retry({ while: InviteError.isRetryable, times: 1 })
        })
      )
      expect(results.map(({ _tag }) => _tag)).toEqual(["Invited", "AlreadyInvited"])
      const recorder = yield* LiveParticipantsTest.Recorder
      expect(yield* recorder.bulks).toEqual(Array.replicate({ liveId: "live-1", members }, 2))
      expect(yield* recorder.invitations).toEqual([{ liveId: "live-1", member: "b@b.c" }])
      expect(yield* Stream.runCount(list({ liveId: "live-1" }))).toBe(1)
    }).pipe(
      Effect.provide(
        layerWith(alreadyInvited, {
          bulk: ({ liveId, members }, n) =>
            n === 1
              ? Effect.fail(limited)
              : Effect.succeed([LiveParticipantsTest.participant({ liveId, member: members[0] ?? "" })])
        })
      )
    )
  )

  it.effect("lists by the filters", () =>
    Effect.gen(function* () {
      const { invite, list } = yield* LiveParticipants.LiveParticipants
      yield* Effect.forEach([alice, bob], invite)
      const found = yield* Stream.runCollect(
        list({ liveId: "live-1", filter: { email: { contains: "bob" } } })
      )
      expect(found.map(({ spotMemberEmail }) => spotMemberEmail)).toEqual([bob.member])
    }).pipe(Effect.provide(layerScripted()))
  )
})

describe("MeltingSpot in memory, with faults", () => {
  const { layerMemory } = LiveParticipantsTest

  const outcome = (member: string) =>
    LiveParticipants.LiveParticipants.use(({ invite }) =>
      Effect.match(invite({ liveId: "live-1", member }), {
        onSuccess: () => "Invited",
        onFailure: (error) => (error._tag === "UpstreamUnavailable" ? error.reason : error._tag)
      })
    )

  it.effect.each([
    [{ status: 503, times: 1 }, ["ServerError", "Invited"]],
    [{ status: 429, retryAfter: "7", times: 1 }, ["RateLimited", "Invited"]],
    [{ status: 401 }, ["Unauthorized", "Unauthorized"]],
    [{ cut: "before", times: 1 }, ["Disconnected", "Invited"]],
    [{ cut: "after", times: 1 }, ["Disconnected", "AlreadyInvited"]],
    [{ garbage: "truncated", times: 1 }, ["UndecodableAnswer", "AlreadyInvited"]],
    [{ garbage: "html", status: 400, times: 1 }, ["NotTheApi", "Invited"]],
    [{ on: { operation: "bulk" }, status: 503 }, ["Invited", "AlreadyInvited"]],
    [{ on: { liveId: "live-2" }, status: 503 }, ["Invited", "AlreadyInvited"]]
  ] satisfies ReadonlyArray<readonly [Fault.FaultInput, ReadonlyArray<string>]>)(
    "shows %j as the sandbox does",
    ([fault, expected]) =>
      Effect.gen(function* () {
        expect(yield* Effect.all([outcome("a@b.c"), outcome("a@b.c")])).toEqual(expected)
      }).pipe(Effect.provide(layerMemory({ faults: [fault] })))
  )

  it.effect("is too slow, by the test's clock", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(outcome("a@b.c"))
      yield* TestClock.adjust("30 seconds")
      expect(yield* Fiber.join(fiber)).toBe("Timeout")
    }).pipe(Effect.provide(layerMemory({ faults: [{ delay: "1 minute" }] })))
  )

  it.effect("fails in its bulk calls, and can be mended", () =>
    Effect.gen(function* () {
      const { inviteMany } = yield* LiveParticipants.LiveParticipants
      const faults = yield* Faults.Faults
      const batch = inviteMany({ liveId: "live-1", members: ["a@b.c", "b@b.c"] })
      expect((yield* Effect.flip(Stream.runDrain(batch)))._tag).toBe("UpstreamUnavailable")
      expect(yield* faults.left).toEqual([{ status: 503 }])
      yield* faults.set([])
      expect(yield* Stream.runCount(batch)).toBe(2)
    }).pipe(Effect.provide(layerMemory({ faults: [{ status: 503 }] })))
  )

  it.effect("does not begin with a fault that is misspelt or says nothing", () =>
    Effect.gen(function* () {
      for (const text of [
        '{"sttus":503}',
        "{}",
        '{"status":503,"tims":1}',
        '{"cut":"before","status":500}'
      ]) {
        const exit = yield* Effect.exit(Layer.build(layerMemory({ faults: [JSON.parse(text)] })))
        expect(exit._tag).toBe("Failure")
      }
    })
  )
})

describe("MeltingSpot in memory", () => {
  const filters: ReadonlyArray<readonly [ParticipantFilter.ParticipantFilter, number]> = [
    [{}, 3],
    [{ email: { eq: "ALICE@example.com" } }, 1],
    [{ email: { contains: "@EXAMPLE.COM" } }, 2],
    [{ email: { contains: "e", eq: "bob@example.org" } }, 1],
    [{ firstname: { contains: "a" } }, 0],
    [{ lastname: { eq: "" } }, 0],
    [{ type: { eq: "Participant" } }, 3],
    [{ type: { in: ["Host", "Speaker"] } }, 0],
    [{ status: { in: ["Accepted", "Invited"] } }, 3],
    [{ status: { eq: "Waitlisted" } }, 0],
    [{ hasReplayed: { eq: false }, hasParticipated: { eq: false } }, 3],
    [{ hasParticipated: { eq: true } }, 0]
  ]

  it.effect.each(filters)("finds by %j as many as %d", ([filter, count]) =>
    Effect.gen(function* () {
      const { inviteMany, list } = yield* LiveParticipants.LiveParticipants
      const members = ["alice@example.com", "carol@example.com", "bob@example.org"]
      yield* Stream.runDrain(inviteMany({ liveId: "live-1", members }))
      yield* Stream.runDrain(inviteMany({ liveId: "live-2", members }))
      expect(yield* Stream.runCount(list({ liveId: "live-1", filter }))).toBe(count)
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )
})

describe("generators", () => {
  it.effect.prop(
    "make invitations that the contract can hold",
    { invitation: Generators.invitation },
    ({ invitation }) =>
      Effect.gen(function* () {
        const { invite } = yield* LiveParticipants.LiveParticipants
        expect(yield* Schema.decodeEffect(Invitation.Invitation)(invitation)).toEqual(invitation)
        expect(yield* invite(invitation)).toMatchObject({ liveId: invitation.liveId })
      }).pipe(Effect.provide(layerScripted()))
  )

  it.effect.prop(
    "make participants that survive the wire",
    { participant: Generators.participant },
    ({ participant }) =>
      Effect.gen(function* () {
        const codec = Schema.fromJsonString(Participant.Participant)
        const bytes = yield* Schema.encodeEffect(codec)(participant)
        expect(yield* Schema.decodeEffect(codec)(bytes)).toEqual(participant)
      })
  )

  it.effect.prop(
    "make addresses that the contract can hold",
    { address: Generators.address },
    ({ address }) =>
      Effect.map(Schema.decodeEffect(Invitation.Member)(address), (member) =>
        expect(Invitation.isAddress(member)).toBe(true)
      )
  )
})
