/**
 * MeltingSpot in memory: its members, and who is invited to which Live, by the rule that the first invitation is a
 * `201` and any after it a `200`.
 *
 * @since 0.1.0
 */
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { type BulkInvitationPayload, type Invitation, isAddress, memberKey } from "./Invitation.ts"
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
  /** More members in one bulk call are a `413`. Default: no limit. */
  readonly maxMembers?: number | undefined
  /** Participants on a page that does not ask for another number. Default 20. */
  readonly pageSize?: number | undefined
  /** The number of the first page. Default 1. */
  readonly firstPage?: number | undefined
}

/**
 * The Spot behind the API. It answers as values what the API says as statuses.
 *
 * @category services
 * @since 0.1.0
 */
export class MeltingSpot extends Context.Service<
  MeltingSpot,
  {
    /** The participant that is made, `"repeated"` for one who is there, or `"unknown"` for a member id of nobody. */
    readonly invite: (invitation: Invitation) => Effect.Effect<Participant | "repeated" | "unknown">
    /** Those who are new. Nobody is invited if one of them is `"unknown"` or they are `"too many"`. */
    readonly inviteMany: (
      invitation: BulkInvitationPayload & { readonly liveId: string }
    ) => Effect.Effect<ReadonlyArray<Participant> | "unknown" | "too many">
    readonly list: (liveId: string, query: ParticipantQuery) => Effect.Effect<ParticipantPage>
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
  maxMembers = Infinity,
  pageSize = 20,
  firstPage = 1
}: Options = {}): MeltingSpot["Service"] => {
  /** Member ids by address. */
  const members = new Map<string, string>()
  /** By Live and member id, in the order of their making. */
  const entries = new Map<string, Entry>()

  const reset = Effect.sync(() => {
    entries.clear()
    members.clear()
    members.set("host@example.com", "member-0")
  })
  Effect.runSync(reset)

  const addressOf = (memberId: string) => Array.from(members).find(([, id]) => id === memberId)?.[0]

  const isKnown = (member: string) => isAddress(member) || addressOf(member) !== undefined

  const memberIdOf = (member: string) => {
    if (!isAddress(member)) return member
    const address = memberKey(member)
    const id = members.get(address) ?? `member-${members.size}`
    members.set(address, id)
    return id
  }

  const invite = Effect.fnUntraced(function* (invitation: Invitation) {
    const { liveId, member } = invitation
    if (!isKnown(member)) return "unknown" as const
    const spotMemberId = memberIdOf(member)
    const key = `${liveId}\n${spotMemberId}`
    const known = entries.get(key)
    if (known !== undefined) {
      entries.set(key, { ...known, repeated: known.repeated + 1 })
      return "repeated" as const
    }
    const participant = new Participant({
      id: `participant-${entries.size + 1}`,
      liveId,
      spotMemberId,
      spotMemberEmail: addressOf(spotMemberId) ?? member,
      spotMemberFirstname: null,
      spotMemberLastname: null,
      status: "Invited",
      type: "Participant",
      invitedAt: yield* DateTime.now,
      registeredAt: null,
      isHighlighted: false,
      metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
    })
    entries.set(key, {
      participant,
      created: 1,
      repeated: 0,
      notified: invitation.withEmailNotification ?? false,
      invitedBy: invitation.invitedBySpotMemberId ?? null
    })
    return participant
  })

  const inviteMany = Effect.fnUntraced(function* ({
    members: { spotMemberIds = [], emails = [] },
    ...occasion
  }: BulkInvitationPayload & { readonly liveId: string }) {
    const everybody = [...spotMemberIds, ...emails]
    if (everybody.length > maxMembers) return "too many" as const
    if (emails.some((email) => !isAddress(email)) || !spotMemberIds.every(isKnown)) return "unknown" as const
    const outcomes = yield* Effect.forEach(everybody, (member) => invite({ ...occasion, member }))
    return outcomes.filter((outcome) => outcome instanceof Participant)
  })

  const list = (liveId: string, query: ParticipantQuery) =>
    Effect.sync(() => {
      const { page = firstPage, limit = pageSize } = query
      const matching = Array.from(entries.values(), ({ participant }) => participant).filter(
        (participant) => participant.liveId === liveId && matches(participant, query)
      )
      const from = Math.max(0, page - firstPage) * limit
      return { items: matching.slice(from, from + limit), total: matching.length }
    })

  return MeltingSpot.of({
    invite,
    inviteMany,
    list,
    entries: Effect.sync(() => Array.from(entries.values())),
    reset
  })
}

const matches = (participant: Participant, query: ParticipantQuery): boolean => {
  const text = (value: string | null, eq: string | undefined, contains: string | undefined) =>
    (eq === undefined || value?.toLowerCase() === eq.toLowerCase()) &&
    (contains === undefined || (value?.toLowerCase().includes(contains.toLowerCase()) ?? false))
  const choice = (value: string, eq: string | undefined, among: ReadonlyArray<string> | undefined) =>
    (eq === undefined || value === eq) && (among === undefined || among.includes(value))
  const flag = (value: boolean | null, eq: string | undefined) =>
    eq === undefined || `${value ?? false}` === eq
  return (
    text(participant.spotMemberFirstname, query["firstname[eq]"], query["firstname[contains]"]) &&
    text(participant.spotMemberLastname, query["lastname[eq]"], query["lastname[contains]"]) &&
    text(participant.spotMemberEmail, query["email[eq]"], query["email[contains]"]) &&
    choice(participant.type, query["type[eq]"], query["type[in]"]) &&
    choice(participant.status, query["status[eq]"], query["status[in]"]) &&
    flag(participant.metrics.hasReplayed, query["hasReplayed[eq]"]) &&
    flag(participant.metrics.hasParticipated, query["hasParticipated[eq]"])
  )
}
