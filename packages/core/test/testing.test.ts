import { describe, expect, it } from "@effect/vitest"
import { Array, Clock, Duration, Effect, Fiber, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  Invitation,
  InviteError,
  LiveParticipants,
  Participant,
  type ParticipantFilter
} from "../src/index.ts"
import { Generators, LiveParticipantsTest } from "../src/testing.ts"

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
