import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { InviteError, type LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { answer, before, targets } from "./wire.ts"

const liveId = "live-1"
const [alice, bob, carol] = ["alice@example.com", "bob@example.com", "member-7"] as const

const participant = (member: string) => LiveParticipantsTest.participant({ liveId, member })

const inviteBulk = (
  participants: LiveParticipants.LiveParticipants["Service"],
  ...members: ReadonlyArray<string>
) => participants.inviteBulk({ liveId, members, withEmailNotification: true })

describe("the bulk call alone", () => {
  it.effect("is one call, and tells of each member what its answer says, in their order", () =>
    Effect.gen(function* () {
      const broken = { ...participant(bob), id: 7 }
      const wire = yield* before((socket) =>
        socket.end(answer(200, JSON.stringify([broken, participant(alice)])))
      )
      const answers = yield* inviteBulk(wire.participants, alice, bob, carol)
      expect(answers).toEqual([participant(alice), expect.any(InviteError.UndecodableAnswer), undefined])
      expect(targets(wire)).toEqual([`/v1/lives/${liveId}/participants~bulkInvite`])
      expect(JSON.parse(wire.requests[0]?.split("\r\n\r\n")[1] ?? "")).toEqual({
        members: { spotMemberIds: [carol], emails: [alice, bob] },
        withEmailNotification: true
      })
    })
  )

  it.effect("fails whole, and halves nothing", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket) => socket.end(answer(400, "")))
      expect(yield* Effect.flip(inviteBulk(wire.participants, alice, bob))).toMatchObject({
        _tag: "MalformedPayload"
      })
      expect(wire.requests).toHaveLength(1)
    })
  )

  it.effect("is not made for a member that no call can hold", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket) => socket.end(answer(200, "[]")))
      const error = yield* Effect.flip(inviteBulk(wire.participants, alice, "no body"))
      expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall" })
      expect(wire.requests).toEqual([])
    })
  )
})
