/**
 * The speakers of a Live.
 */
import { Context, Effect, Schema } from "effect"
import { readListed } from "./internal/answerOfMany.ts"
import { type Api, overApi } from "./internal/api.ts"
import { layerConfigOf, layerOf, makeOf } from "./internal/settings.ts"
import { decodeLiveId, malformed } from "./internal/invitation.ts"
import { speakersRoute } from "./internal/paths.ts"
import type { BulkError } from "./InviteError.ts"
import type { BulkAnswer } from "./LiveParticipants.ts"
import { SpotMemberId } from "./SpotMember.ts"

/**
 * The body of the call, named as on the wire.
 *
 * Documented: https://help-api.meltingspot.io/operation/operation-invitelivespeakers
 *
 * @category schemas
 */
export const SpeakerInvitationPayload = Schema.Struct({
  /** The members to invite, by Spot member id. Addresses are not accepted: `SpotMembers.findByAddress` finds the id. */
  spotMemberIds: Schema.Array(SpotMemberId),
  /** The Spot member who invites. */
  invitedBySpotMemberId: Schema.optionalKey(SpotMemberId),
  /** Whether the speakers are highlighted. Default: `false`. */
  highlighted: Schema.optionalKey(Schema.Boolean),
  /** Whether the speakers get the rights of a host. Default: `false`. */
  grantHostRights: Schema.optionalKey(Schema.Boolean),
  /** Whether each speaker gets a notification mail. Default: `false`. */
  withEmailNotification: Schema.optionalKey(Schema.Boolean)
})

/**
 * The body of the call.
 *
 * @category models
 */
export interface SpeakerInvitationPayload extends Schema.Schema.Type<typeof SpeakerInvitationPayload> {}

/**
 * An invitation of speakers to one Live.
 *
 * @category models
 */
export interface SpeakerInvitation {
  /** The Live that all are invited to. */
  readonly liveId: string
  /** The members to invite, by Spot member id. Addresses are not accepted: `SpotMembers.findByAddress` finds the id. */
  readonly spotMemberIds: ReadonlyArray<string>
  /** The Spot member who invites. Optional. */
  readonly invitedBySpotMemberId?: string | undefined
  /** Whether the speakers are highlighted. Default: `false`. */
  readonly highlighted?: boolean | undefined
  /** Whether the speakers get the rights of a host. Default: `false`. */
  readonly grantHostRights?: boolean | undefined
  /** Whether each speaker gets a notification mail. Default: `false`. */
  readonly withEmailNotification?: boolean | undefined
}

/**
 * The speakers of Lives.
 *
 * @category services
 */
export class Speakers extends Context.Service<
  Speakers,
  {
    /**
     * Invites members as speakers in one call (`POST /v1/lives/{liveId}/speakers~bulkInvite`): one attempt, no retry, no
     * chunks. Returns one value for each member, in the order given: the participant in the answer, an error if it can't be
     * read, or `undefined` if the answer omits the member. Without ids, no call is made.
     *
     * Documented: operation-invitelivespeakers, for the body and 200. UNKNOWN: whether one refused member refuses the
     * whole call, whether the answer lists those who were speakers before, what becomes of a participant, and how many
     * ids one call may hold. Assumed: 404 when there is no such Live.
     */
    readonly inviteBulk: (
      invitation: SpeakerInvitation
    ) => Effect.Effect<ReadonlyArray<BulkAnswer>, BulkError>
  }
>()("@usher/core/Speakers") {}

const encodePayload = Schema.encodeUnknownEffect(Schema.fromJsonString(SpeakerInvitationPayload))

const fromApi = ({ maxAnswer, transport }: Api): Speakers["Service"] =>
  Speakers.of({
    inviteBulk: Effect.fn("Speakers.inviteBulk")(function* ({ liveId, ...invitation }) {
      const id = yield* decodeLiveId(liveId)
      const { spotMemberIds } = invitation
      yield* Effect.annotateCurrentSpan({ "live.id": id, "batch.size": spotMemberIds.length })
      if (spotMemberIds.length === 0) return []
      const body = yield* Effect.mapError(encodePayload(defined(invitation)), malformed(id))
      const listed = yield* transport.send(
        id,
        { method: "POST", ...speakersRoute(id), body },
        readListed(id, maxAnswer, spotMemberIds.length)
      )
      return spotMemberIds.map((member) => listed.get(member))
    })
  })

const fromSettings = /* @__PURE__ */ overApi(fromApi)

/**
 * The service itself, for programs that hold several: one for each Spot. Invalid options are a defect that names the
 * option.
 *
 * @category constructors
 */
export const make = /* @__PURE__ */ makeOf(fromSettings)

/**
 * A layer over any `HttpClient` that makes one attempt for each call. Every call waits for its place in the `Budget` of
 * the key, which `LiveParticipants` shares; the default counts in memory. Invalid options are a defect that names the
 * option.
 *
 * @category layers
 */
export const layer = /* @__PURE__ */ layerOf(Speakers, fromSettings)

/**
 * `layer` with options that are read from the configuration when the layer is built. Invalid options are a `ConfigError`.
 * Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = /* @__PURE__ */ layerConfigOf(Speakers, fromSettings)

/** Without the fields that are `undefined`. */
const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
