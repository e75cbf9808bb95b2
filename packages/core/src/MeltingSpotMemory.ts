/**
 * MeltingSpot in memory: its members, and who is invited to which Live, by the rule that the first invitation is a
 * `201` and any after it a `200`.
 *
 * @since 0.1.0
 */
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { type BulkInvitationPayload, type Invitation, isAddress, memberKey } from "./Invitation.ts"
import { matches } from "./internal/matching.ts"
import { Participant, type ParticipantPage } from "./Participant.ts"
import type { ParticipantQuery } from "./ParticipantFilter.ts"

/**
 * What is known of one person at one Live: `created` counts the `201`s, which is 1, and `repeated` the `200`s.
 *
 * @category models
 * @since 0.1.0
 */
export const Entry = Schema.Struct({
  participant: Participant,
  created: Schema.Int,
  repeated: Schema.Int,
  /** Whether the first invitation asked for a notification mail. */
  notified: Schema.Boolean,
  /** The inviter's Spot member id, if the invitation named one. */
  invitedBy: Schema.NullOr(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Entry extends Schema.Schema.Type<typeof Entry> {}

/**
 * What the reference leaves open.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The Lives of the Spot: any other is a `404`. Default: every Live exists. */
  readonly lives?: ReadonlyArray<string> | undefined
  /** More members in one bulk call are a `413`. Default: no limit. */
  readonly maxMembers?: number | undefined
  /** Participants on a page that does not ask for another number. Default 20. */
  readonly pageSize?: number | undefined
  /** The number of the first page. Default 1. */
  readonly firstPage?: number | undefined
}

/**
 * The Spot behind the API: what it answers and what it refuses are the contract's own.
 *
 * @category services
 * @since 0.1.0
 */
export class MeltingSpot extends Context.Service<
  MeltingSpot,
  {
    /** Refuses a member id of nobody. */
    readonly invite: (
      invitation: Invitation
    ) => Effect.Effect<Participant | "Member already invited", "Malformed payload" | "Live not found">
    /** Those who are new. If one of them is refused, nobody is invited. */
    readonly inviteMany: (
      invitation: BulkInvitationPayload & { readonly liveId: string }
    ) => Effect.Effect<
      ReadonlyArray<Participant>,
      "Malformed payload" | "Live not found" | "Payload is too large"
    >
    /** Of one Live, by page and filter, in the order of their invitations. */
    readonly list: (
      liveId: string,
      query: ParticipantQuery
    ) => Effect.Effect<ParticipantPage, "Live not found">
    /** Everybody at every Live, oldest first. */
    readonly entries: Effect.Effect<ReadonlyArray<Entry>>
    /** Forgets everybody but `member-0`, `host@example.com`, who is there from the start. */
    readonly reset: Effect.Effect<void>
  }
>()("@usher/core/testing/MeltingSpot") {
  static readonly layer = (options: Options = {}): Layer.Layer<MeltingSpot> =>
    Layer.sync(this, () => make(options))
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = ({
  lives,
  maxMembers = Infinity,
  pageSize = 20,
  firstPage = 1
}: Options = {}): MeltingSpot["Service"] => {
  const memberIds = new Map<string, string>()
  const addresses = new Map<string, string>()
  /** By Live and member id, in the order of their making. */
  const entries = new Map<string, Entry>()

  const join = (address: string) => {
    const id = `member-${memberIds.size}`
    memberIds.set(memberKey(address), id)
    addresses.set(id, address)
    return id
  }

  const reset = () => {
    for (const map of [entries, memberIds, addresses]) map.clear()
    join("host@example.com")
  }
  reset()

  const isKnown = (member: string) => isAddress(member) || addresses.has(member)

  const find = (liveId: string) =>
    lives === undefined || lives.includes(liveId) ? Effect.void : Effect.fail("Live not found" as const)

  const add = ({ liveId, member, ...asked }: Invitation, invitedAt: DateTime.Utc) => {
    const spotMemberId = isAddress(member) ? (memberIds.get(memberKey(member)) ?? join(member)) : member
    const key = `${liveId}\n${spotMemberId}`
    const known = entries.get(key)
    if (known !== undefined) {
      entries.set(key, { ...known, repeated: known.repeated + 1 })
      return "Member already invited" as const
    }
    const participant = new Participant({
      id: `participant-${entries.size + 1}`,
      liveId,
      spotMemberId,
      spotMemberEmail: addresses.get(spotMemberId) ?? member,
      spotMemberFirstname: null,
      spotMemberLastname: null,
      status: "Invited",
      type: "Participant",
      invitedAt,
      registeredAt: null,
      isHighlighted: false,
      metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
    })
    entries.set(key, {
      participant,
      created: 1,
      repeated: 0,
      notified: asked.withEmailNotification ?? false,
      invitedBy: asked.invitedBySpotMemberId ?? null
    })
    return participant
  }

  return MeltingSpot.of({
    invite: Effect.fnUntraced(function* (invitation) {
      yield* find(invitation.liveId)
      if (!isKnown(invitation.member)) return yield* Effect.fail("Malformed payload" as const)
      return add(invitation, yield* DateTime.now)
    }),
    inviteMany: Effect.fnUntraced(function* ({ members: { spotMemberIds = [], emails = [] }, ...occasion }) {
      yield* find(occasion.liveId)
      const everybody = [...spotMemberIds, ...emails]
      if (everybody.length > maxMembers) return yield* Effect.fail("Payload is too large" as const)
      if (!emails.every(isAddress) || !spotMemberIds.every((id) => addresses.has(id))) {
        return yield* Effect.fail("Malformed payload" as const)
      }
      const now = yield* DateTime.now
      return everybody
        .map((member) => add({ ...occasion, member }, now))
        .filter((outcome) => outcome !== "Member already invited")
    }),
    list: Effect.fnUntraced(function* (liveId, query) {
      yield* find(liveId)
      const { page = firstPage, limit = pageSize } = query
      const matching = Array.from(entries.values(), ({ participant }) => participant).filter(
        (participant) => participant.liveId === liveId && matches(participant, query)
      )
      const from = Math.max(0, page - firstPage) * limit
      return { items: matching.slice(from, from + limit), total: matching.length }
    }),
    entries: Effect.sync(() => Array.from(entries.values())),
    reset: Effect.sync(reset)
  })
}
