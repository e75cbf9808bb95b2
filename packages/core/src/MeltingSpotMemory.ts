/**
 * A MeltingSpot in memory: its members and the participants of its Lives. The first invitation of a person is a `201`, and
 * each later one a `200`.
 */
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import type { AddedMembers, GroupPage } from "./Group.ts"
import { makeGroups } from "./internal/memory/groups.ts"
import { makeLives } from "./internal/memory/lives.ts"
import { makeMembers } from "./internal/memory/members.ts"
import { paged } from "./internal/memory/paged.ts"
import { matches } from "./internal/memory/participants.ts"
import type { GroupSeed, LiveSeed, MemberSeed } from "./internal/memory/seeds.ts"
import { type Invitation, isAddress } from "./Invitation.ts"
import type { BulkInvitationPayload } from "./InvitationPayload.ts"
import type { Live, LivePage } from "./Live.ts"
import type { LiveQuery } from "./LiveFilter.ts"
import { Participant, type ParticipantPage } from "./Participant.ts"
import type { ParticipantQuery } from "./ParticipantFilter.ts"
import type { SpeakerInvitationPayload } from "./Speakers.ts"
import type { SpotMember, SpotMemberPage } from "./SpotMember.ts"
import type { SpotMemberQuery } from "./SpotMemberFilter.ts"

export type { GroupSeed, LiveSeed, MemberSeed } from "./internal/memory/seeds.ts"

/**
 * One person at one Live, with the number of answers.
 *
 * @category models
 */
export const Entry = Schema.Struct({
  /** The participant as answers describe it. */
  participant: Participant,
  /** The number of `201` answers, which is 1. */
  created: Schema.Int,
  /** The number of `200` answers. */
  repeated: Schema.Int,
  /** Whether the first invitation asked for a notification mail. */
  notified: Schema.Boolean,
  /** The inviter's Spot member id, if the invitation named one. */
  invitedBy: Schema.NullOr(Schema.String)
})

/**
 * One person at one Live.
 *
 * @category models
 */
export interface Entry extends Schema.Schema.Type<typeof Entry> {}

/**
 * The initial content of the Spot, and behavior that the reference leaves open.
 *
 * @category options
 */
export interface Options {
  /**
   * The Lives of the Spot, by id or in detail. Any other is a `404`. Default: every Live exists, and the list of Lives
   * holds those with participants.
   */
  readonly lives?: ReadonlyArray<string | LiveSeed> | undefined
  /** The members of the Spot besides `member-0`, `host@example.com`. Default: none. */
  readonly members?: ReadonlyArray<MemberSeed> | undefined
  /** The groups of the Spot. Default: none. */
  readonly groups?: ReadonlyArray<GroupSeed> | undefined
  /** The limit of members in one bulk call; more are a `413`. Default: no limit. */
  readonly maxMembers?: number | undefined
  /** Elements on a page if the call gives no limit. Default: 20. */
  readonly pageSize?: number | undefined
  /** The number of the first page. Default: 1. */
  readonly firstPage?: number | undefined
}

/**
 * A sample Spot: Lives that are planned, running and ended, two of them with the same title, some members and two groups.
 *
 * @category options
 */
export const sample: Options = {
  lives: [
    { id: "live-1", title: "Product launch", startDate: DateTime.makeUnsafe("2027-03-01T16:00:00Z") },
    {
      id: "live-2",
      title: "Product launch",
      startDate: DateTime.makeUnsafe("2026-03-01T16:00:00Z"),
      status: "Ended"
    },
    { id: "live-3", title: "Onboarding workshop", status: "Live", builtInType: "Workshop" },
    { id: "live-4", title: "Customer day", visibility: "InvitedMembersOnly", solution: "Youtube" }
  ],
  members: [
    { email: "ada@example.com", firstname: "Ada", lastname: "Lovelace", status: "Accepted", role: "Admin" },
    { email: "alan@example.com", firstname: "Alan", lastname: "Turing", status: "Accepted" },
    { email: "grace@example.com" }
  ],
  groups: [
    { id: "group-1", name: "Customers", emoji: "🤝", members: ["member-1", "member-2"] },
    { id: "group-2", name: "Partners" }
  ]
}

interface PageQuery {
  readonly page?: number
  readonly limit?: number
}

/**
 * The Spot behind the API. Its answers and errors are those of the contract.
 *
 * @category services
 */
export class MeltingSpot extends Context.Service<
  MeltingSpot,
  {
    /** Invites one person. Refuses an unknown member id. */
    readonly invite: (
      invitation: Invitation
    ) => Effect.Effect<Participant | "Member already invited", "Malformed payload" | "Live not found">
    /** Invites many, and returns the new participants. If one member is refused, nobody is invited. */
    readonly inviteMany: (
      invitation: BulkInvitationPayload & { readonly liveId: string }
    ) => Effect.Effect<
      ReadonlyArray<Participant>,
      "Malformed payload" | "Live not found" | "Payload is too large"
    >
    /** Makes all members speakers, and returns them. If one member is refused, nobody is invited. */
    readonly inviteSpeakers: (
      invitation: SpeakerInvitationPayload & { readonly liveId: string }
    ) => Effect.Effect<
      ReadonlyArray<Participant>,
      "Malformed payload" | "Live not found" | "Payload is too large"
    >
    /** The participants of one Live, by page and filter, in the order of their invitations. */
    readonly list: (
      liveId: string,
      query: ParticipantQuery
    ) => Effect.Effect<ParticipantPage, "Live not found">
    /** The Lives, by page and filter. Filters have dates in seconds, and ignore case. */
    readonly listLives: (query: LiveQuery) => Effect.Effect<LivePage>
    /** One Live. */
    readonly getLive: (liveId: string) => Effect.Effect<Live, "Live not found">
    /** The members of the Spot, by page and filter. Filters have dates in seconds, and ignore case. */
    readonly listMembers: (query: SpotMemberQuery) => Effect.Effect<SpotMemberPage>
    /** One member. */
    readonly getMember: (spotMemberId: string) => Effect.Effect<SpotMember, "Spot member not found">
    /** The groups, by page. */
    readonly listGroups: (query: PageQuery) => Effect.Effect<GroupPage>
    /** The members of a group, by page, in the order in which they were added. */
    readonly listGroupMembers: (
      groupId: string,
      query: PageQuery
    ) => Effect.Effect<SpotMemberPage, "Group not found">
    /** Adds the members of the Spot. A member who is already in the group counts as added. */
    readonly addToGroup: (
      groupId: string,
      spotMemberIds: ReadonlyArray<string>
    ) => Effect.Effect<AddedMembers, "Group not found">
    /** All participants of all Lives, oldest first. */
    readonly entries: Effect.Effect<ReadonlyArray<Entry>>
    /** Restores the initial content. */
    readonly reset: Effect.Effect<void>
  }
>()("@usher/core/testing/MeltingSpot") {}

/**
 * The service behind `layer`.
 *
 * @category constructors
 */
export const make = (options: Options = {}): MeltingSpot["Service"] => {
  const { maxMembers = Infinity, pageSize = 20, firstPage = 1 } = options
  const paging = { pageSize, firstPage }
  const members = makeMembers(options.members ?? [])
  const groups = makeGroups(options.groups ?? [])
  const seeds = options.lives?.map((live) => (typeof live === "string" ? { id: live } : live))
  /** By Live and member id, in the order of creation. */
  const entries = new Map<string, Entry>()

  const participants = (liveId: string) =>
    Array.from(entries.values(), ({ participant }) => participant).filter(
      (participant) => participant.liveId === liveId
    )

  const lives = makeLives(seeds ?? [], (liveId) => {
    const all = participants(liveId)
    return { invited: all.length, registrant: all.filter(({ status }) => status === "Accepted").length }
  })

  const isKnown = (member: string) => isAddress(member) || members.has(member)

  const find = (liveId: string) =>
    seeds === undefined || lives.has(liveId) ? Effect.void : Effect.fail("Live not found" as const)

  const findGroup = (groupId: string) => {
    const found = groups.membersOf(groupId)
    return found === undefined ? Effect.fail("Group not found" as const) : Effect.succeed(found)
  }

  const keyOf = (liveId: string, spotMemberId: string) => `${liveId}\n${spotMemberId}`

  const add = ({ liveId, member, ...asked }: Invitation, invitedAt: DateTime.Utc) => {
    const spotMemberId = isAddress(member)
      ? (members.idOf(member) ?? members.join({ email: member, invitedAt }).id)
      : member
    const key = keyOf(liveId, spotMemberId)
    const known = entries.get(key)
    if (known !== undefined) {
      entries.set(key, { ...known, repeated: known.repeated + 1 })
      return "Member already invited" as const
    }
    const person = members.get(spotMemberId)
    const participant = new Participant({
      id: `participant-${entries.size + 1}`,
      liveId,
      spotMemberId,
      spotMemberEmail: person?.email ?? member,
      spotMemberFirstname: person?.firstname ?? null,
      spotMemberLastname: person?.lastname ?? null,
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
      if (!emails.every(isAddress) || !spotMemberIds.every((id) => members.has(id))) {
        return yield* Effect.fail("Malformed payload" as const)
      }
      const now = yield* DateTime.now
      return everybody
        .map((member) => add({ ...occasion, member }, now))
        .filter((outcome) => outcome !== "Member already invited")
    }),
    inviteSpeakers: Effect.fnUntraced(function* ({
      spotMemberIds,
      highlighted,
      grantHostRights,
      ...occasion
    }) {
      yield* find(occasion.liveId)
      if (spotMemberIds.length > maxMembers) return yield* Effect.fail("Payload is too large" as const)
      if (!spotMemberIds.every((id) => members.has(id))) {
        return yield* Effect.fail("Malformed payload" as const)
      }
      const now = yield* DateTime.now
      return spotMemberIds.flatMap((member) => {
        add({ ...occasion, member }, now)
        const key = keyOf(occasion.liveId, member)
        const entry = entries.get(key)
        if (entry === undefined) return []
        const participant = new Participant({
          ...entry.participant,
          type: grantHostRights === true ? "Host" : "Speaker",
          isHighlighted: highlighted ?? false
        })
        entries.set(key, { ...entry, participant })
        return [participant]
      })
    }),
    list: Effect.fnUntraced(function* (liveId, query) {
      yield* find(liveId)
      const matching = participants(liveId).filter((participant) => matches(participant, query))
      return paged(matching, query, paging)
    }),
    listLives: (query) =>
      Effect.sync(() => {
        const others = Array.from(entries.values(), ({ participant }) => participant.liveId)
        return paged(lives.matching(query, others), query, paging)
      }),
    getLive: (liveId) => Effect.map(find(liveId), () => lives.get(liveId)),
    listMembers: (query) => Effect.sync(() => paged(members.matching(query), query, paging)),
    getMember: (spotMemberId) =>
      Effect.suspend(() => {
        const found = members.get(spotMemberId)
        return found === undefined ? Effect.fail("Spot member not found" as const) : Effect.succeed(found)
      }),
    listGroups: (query) => Effect.sync(() => paged(groups.all(), query, paging)),
    listGroupMembers: (groupId, query) =>
      Effect.map(findGroup(groupId), (ids) => {
        const found = Array.from(ids, members.get).filter((member) => member !== undefined)
        return paged(found, query, paging)
      }),
    addToGroup: (groupId, spotMemberIds) =>
      Effect.map(findGroup(groupId), (ids) => {
        const addedSpotMemberIds = spotMemberIds.filter(members.has)
        for (const id of addedSpotMemberIds) ids.add(id)
        return {
          addedSpotMemberIds,
          failedSpotMemberIds: spotMemberIds.filter((id) => !members.has(id))
        }
      }),
    entries: Effect.sync(() => Array.from(entries.values())),
    reset: Effect.sync(() => {
      entries.clear()
      members.reset()
      groups.reset()
    })
  })
}

/**
 * A new MeltingSpot for each build of the layer.
 *
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<MeltingSpot> =>
  Layer.sync(MeltingSpot, () => make(options))
