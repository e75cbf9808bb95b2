/**
 * What the emulated Spot knows and remembers: its members, who is invited to which Live, every call, and the faults
 * it was told to show.
 */
import { Context, DateTime, Effect, Layer, Ref, Schema } from "effect"
import { Invitation, type Participant } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"

/** One call to the API, oldest first. It holds no key. */
export const Call = Schema.Struct({
  at: Schema.DateTimeUtcFromString,
  method: Schema.String,
  path: Schema.String,
  status: Schema.Int,
  traceparent: Schema.NullOr(Schema.String)
})

/** How often one member was asked for at one Live: `created` counts the 201s, `repeated` the 200s. */
export const Entry = Schema.Struct({
  liveId: Schema.String,
  member: Schema.String,
  created: Schema.Int,
  repeated: Schema.Int,
  notified: Schema.Boolean,
  /** The inviter's Spot member id, if the invitation named one. */
  invitedBy: Schema.NullOr(Schema.String)
})

/** A fault shown instead of acting: for the next `times` calls, or until it is taken back when `times` is absent. */
export const Fault = Schema.Struct({
  status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 })),
  times: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  retryAfter: Schema.optionalKey(Schema.String)
})

export const State = Schema.Struct({
  calls: Schema.Array(Call),
  participants: Schema.Array(Entry),
  /** The highest number of calls in any sliding 10 seconds. */
  busiest10s: Schema.Int
})

export class Ledger extends Context.Service<
  Ledger,
  {
    /** The participant that is made, or `"repeated"` for one who is there, or `"unknown"` for a member id of nobody. */
    readonly invite: (
      invitation: Invitation.Invitation
    ) => Effect.Effect<Participant.Participant | "repeated" | "unknown">
    readonly record: (call: Omit<typeof Call.Type, "at">) => Effect.Effect<void>
    /** The fault to show now, if any; takes one off its `times`. */
    readonly nextFault: Effect.Effect<typeof Fault.Type | undefined>
    readonly setFault: (fault: typeof Fault.Type | undefined) => Effect.Effect<void>
    readonly state: Effect.Effect<typeof State.Type>
    readonly reset: Effect.Effect<void>
  }
>()("@usher/sandbox/Ledger") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const spot = yield* Ref.make(emptySpot())

      const invite = Effect.fnUntraced(function* (invitation: Invitation.Invitation) {
        const now = yield* DateTime.now
        const { members, participants } = yield* Ref.get(spot)
        const byAddress = Invitation.isAddress(invitation.member)
        const address = invitation.member.toLowerCase()
        const memberId = byAddress
          ? (members.get(address) ?? `member-${members.size + 1}`)
          : invitation.member
        if (!byAddress && !Array.from(members.values()).includes(memberId)) return "unknown" as const
        if (byAddress) members.set(address, memberId)
        const key = `${invitation.liveId}\n${memberId}`
        const known = participants.get(key)
        if (known !== undefined) {
          participants.set(key, { ...known, repeated: known.repeated + 1 })
          return "repeated" as const
        }
        const member = byAddress ? address : addressOf(members, memberId)
        participants.set(key, {
          liveId: invitation.liveId,
          member,
          created: 1,
          repeated: 0,
          notified: invitation.withEmailNotification ?? false,
          invitedBy: invitation.invitedBySpotMemberId ?? null
        })
        return LiveParticipantsTest.participant(invitation, {
          id: `participant-${participants.size}`,
          spotMemberId: memberId,
          spotMemberEmail: member,
          invitedAt: now
        })
      })

      const record = Effect.fnUntraced(function* (call: Omit<typeof Call.Type, "at">) {
        const at = yield* DateTime.now
        const { calls } = yield* Ref.get(spot)
        calls.push({ ...call, at })
      })

      const nextFault = Ref.modify(spot, (state) => {
        const { fault } = state
        if (fault?.times === undefined) return [fault, state]
        const times = fault.times - 1
        return [fault, { ...state, fault: times === 0 ? undefined : { ...fault, times } }]
      })

      return Ledger.of({
        invite,
        record,
        nextFault,
        setFault: (fault) => Ref.update(spot, (state) => ({ ...state, fault })),
        state: Effect.map(Ref.get(spot), ({ calls, participants }) => ({
          calls: [...calls],
          participants: Array.from(participants.values()),
          busiest10s: busiest(
            calls.map((call) => call.at.epochMilliseconds),
            10_000
          )
        })),
        reset: Ref.update(spot, emptySpot)
      })
    })
  )
}

interface Spot {
  /** Member ids by lower-case address. */
  readonly members: Map<string, string>
  readonly participants: Map<string, typeof Entry.Type>
  readonly calls: Array<typeof Call.Type>
  readonly fault: typeof Fault.Type | undefined
}

/** `member-0` is there from the start, so that inviting by id can be tried at once. */
const emptySpot = (): Spot => ({
  members: new Map([["host@example.com", "member-0"]]),
  participants: new Map(),
  calls: [],
  fault: undefined
})

const addressOf = (members: Spot["members"], id: string): string =>
  Array.from(members).find(([, memberId]) => memberId === id)?.[0] ?? id

/** The highest number of times that fall into one sliding window of `millis`. */
export const busiest = (times: ReadonlyArray<number>, millis: number): number => {
  let first = 0
  let most = 0
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? time) >= millis) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}
