/**
 * The speakers of a Live.
 */
import { type Config, Context, Effect, Layer, Schema } from "effect"
import type { HttpClient } from "effect/http"
import { readListed } from "./internal/answerOfMany.ts"
import { type Api, connect, connectConfig } from "./internal/api.ts"
import { malformed } from "./internal/invitation.ts"
import { LiveId } from "./Invitation.ts"
import type { BulkError } from "./InviteError.ts"
import type { BulkAnswer } from "./LiveParticipants.ts"
import * as MeltingSpotConfig from "./MeltingSpotConfig.ts"
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
  /** The Spot member on whose initiative the invitation is made. */
  invitedBySpotMemberId: Schema.optionalKey(SpotMemberId),
  /** Whether the speakers are highlighted. Default `false`. */
  highlighted: Schema.optionalKey(Schema.Boolean),
  /** Whether the speakers get the rights of a host. Default `false`. */
  grantHostRights: Schema.optionalKey(Schema.Boolean),
  /** Whether each speaker gets a notification mail. Default `false`. */
  withEmailNotification: Schema.optionalKey(Schema.Boolean)
})

/**
 * The body of the call.
 *
 * @category models
 */
export interface SpeakerInvitationPayload extends Schema.Schema.Type<typeof SpeakerInvitationPayload> {}

/**
 * Speakers for one Live.
 *
 * @category models
 */
export interface SpeakerInvitation {
  /** The Live that all are invited to. */
  readonly liveId: string
  /** The members to invite, by Spot member id. Addresses are not accepted: `SpotMembers.findByAddress` finds the id. */
  readonly spotMemberIds: ReadonlyArray<string>
  /** The Spot member on whose initiative the invitation is made. Optional. */
  readonly invitedBySpotMemberId?: string | undefined
  /** Whether the speakers are highlighted. Default `false`. */
  readonly highlighted?: boolean | undefined
  /** Whether the speakers get the rights of a host. Default `false`. */
  readonly grantHostRights?: boolean | undefined
  /** Whether each speaker gets a notification mail. Default `false`. */
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
     * chunks. Returns what the answer says of each member, in the order given: a participant, one that can't be read, or
     * `undefined` when the answer leaves the member out. No ids: an empty array, without a call.
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

const decodeLiveId = Schema.decodeUnknownEffect(LiveId)
const encodePayload = Schema.encodeUnknownEffect(Schema.fromJsonString(SpeakerInvitationPayload))

/** Several times what the upstream says of a participant. */
const bytesPerMember = 4_096

const fromApi = ({ maxAnswer, transport }: Api): Speakers["Service"] => {
  return Speakers.of({
    inviteBulk: Effect.fn("Speakers.inviteBulk")(function* ({ liveId, ...invitation }) {
      const id = yield* Effect.mapError(decodeLiveId(liveId), malformed(liveId))
      const { spotMemberIds } = invitation
      yield* Effect.annotateCurrentSpan({ "live.id": id, "batch.size": spotMemberIds.length })
      if (spotMemberIds.length === 0) return []
      const body = yield* Effect.mapError(encodePayload(defined(invitation)), malformed(id))
      const listed = yield* transport.send(
        id,
        {
          method: "POST",
          template: "/v1/lives/{liveId}/speakers~bulkInvite",
          path: `/v1/lives/${encodeURIComponent(id)}/speakers~bulkInvite`,
          body
        },
        readListed(id, maxAnswer + bytesPerMember * spotMemberIds.length)
      )
      return spotMemberIds.map((member) => listed.get(member))
    })
  })
}

/**
 * The service itself, for programs that hold several: one for each Spot. Options that no call could be made with are a
 * defect that names the option.
 *
 * @category constructors
 */
export const make = (
  options: MeltingSpotConfig.Options
): Effect.Effect<Speakers["Service"], never, HttpClient.HttpClient> => Effect.map(connect(options), fromApi)

/** Without the fields that are `undefined`. */
const defined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/**
 * Over any `HttpClient` that makes one attempt for each call. Every call waits for its place in the `Budget` of the key,
 * which `LiveParticipants` shares; the default counts in memory. Options that no call could be made with are a defect
 * that names the option.
 *
 * @category layers
 */
export const layer = (
  options: MeltingSpotConfig.Options
): Layer.Layer<Speakers, never, HttpClient.HttpClient> => Layer.effect(Speakers, make(options))

/**
 * `layer`, with the options read from the configuration when the layer is built. Options that no call could be made
 * with are a `ConfigError`. Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = (
  options: Config.Wrap<MeltingSpotConfig.Options> = MeltingSpotConfig.config
): Layer.Layer<Speakers, Config.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(Speakers, Effect.map(connectConfig(options), fromApi))
