/**
 * Inviting people to a Live: one call is one attempt, and every way it can end is in the type.
 */
import { type Config, Effect, identity, Layer } from "effect"
import { HttpClient } from "effect/http"
import { Budget } from "./Budget.ts"
import { readInvited } from "./internal/answer.ts"
import { readListed, readPage } from "./internal/answerOfMany.ts"
import type { BatchingOptions } from "./internal/batch.ts"
import { batched } from "./internal/batching.ts"
import { type Calls, inviteBulk } from "./internal/bulk.ts"
import { decodeInvitation } from "./internal/invitation.ts"
import { ensuring } from "./internal/ensuring.ts"
import { tracedInvite } from "./internal/inviteSpan.ts"
import { durationFlaw, refuseFlaws, wholeNumberFlaw } from "./internal/optionChecks.ts"
import { list } from "./internal/pages.ts"
import { bulkInviteRoute, participantsRoute } from "./internal/paths.ts"
import { inviteMany, inviteRows } from "./internal/rows.ts"
import { LiveParticipants } from "./internal/service.ts"
import { configured, given } from "./internal/settings.ts"
import * as Transport from "./internal/transport.ts"
import type { BulkInvitationPayload } from "./InvitationPayload.ts"
import * as MeltingSpotConfig from "./MeltingSpotConfig.ts"

export type {
  Answered,
  Batch,
  BatchError,
  BatchOptions,
  BatchingOptions,
  Bulk,
  BulkAnswer,
  CallerError,
  ListFirst,
  ListOptions,
  PerCall,
  RowBatch,
  RowResult
} from "./internal/batch.ts"
export { LiveParticipants } from "./internal/service.ts"

/** Several times what the upstream says of a participant. */
const bytesPerMember = 4_096

const countOf = ({ emails = [], spotMemberIds = [] }: BulkInvitationPayload["members"]) =>
  emails.length + spotMemberIds.length

/** The service without its batches and lists. */
type Inviting = Pick<LiveParticipants["Service"], "invite" | "ensureInvited">

const connect = Effect.fnUntraced(function* (settings: MeltingSpotConfig.Settings) {
  const budget = yield* Budget
  return Transport.make(settings, yield* HttpClient.HttpClient, budget.forKey(settings.secretKey))
})

const inviting = (
  { maxAnswerSize }: MeltingSpotConfig.Settings,
  { post }: Effect.Success<ReturnType<typeof connect>>
): Inviting => {
  const maxAnswer = Number(maxAnswerSize)
  const invite = tracedInvite((invitation, span) =>
    Effect.flatMap(decodeInvitation(invitation), ({ liveId, ...body }) => {
      span.attribute("live.id", liveId)
      return post(liveId, participantsRoute(liveId), body, readInvited(liveId, maxAnswer))
    })
  )
  return { invite, ensureInvited: ensuring(invite) }
}

const fromSettings = /* @__PURE__ */ Effect.fnUntraced(function* (
  settings: MeltingSpotConfig.Settings
): Effect.fn.Return<LiveParticipants["Service"], never, HttpClient.HttpClient> {
  const maxAnswer = Number(settings.maxAnswerSize)
  const transport = yield* connect(settings)
  const { get, post } = transport
  const { invite, ensureInvited } = inviting(settings, transport)

  const many: NonNullable<Calls["many"]> = ({ liveId, ...body }) =>
    post(
      liveId,
      bulkInviteRoute(liveId),
      body,
      readListed(liveId, maxAnswer + bytesPerMember * countOf(body.members))
    )

  const calls: Calls = {
    one: invite,
    many,
    list: (perCall) =>
      list((liveId, query) =>
        perCall(get(liveId, participantsRoute(liveId), query, readPage(liveId, maxAnswer)))
      )
  }

  return LiveParticipants.of({
    invite,
    ensureInvited,
    inviteMany: inviteMany(calls),
    inviteRows: inviteRows(calls),
    inviteBulk: inviteBulk(many),
    list: calls.list(identity)
  })
})

/**
 * The service itself, for programs that hold several: one for each Spot. Options that no call could be made with are a
 * defect that names the option.
 *
 * @category constructors
 */
export const make = (
  options: MeltingSpotConfig.Options
): Effect.Effect<LiveParticipants["Service"], never, HttpClient.HttpClient> =>
  Effect.flatMap(given(options), fromSettings)

/**
 * `invite` and `ensureInvited` alone, for programs whose size counts, such as a Worker: a bundler leaves out batches and
 * lists. Options that no call could be made with are a defect that names the option.
 *
 * @category constructors
 */
export const makeInvite = (
  options: MeltingSpotConfig.Options
): Effect.Effect<
  Pick<LiveParticipants["Service"], "invite" | "ensureInvited">,
  never,
  HttpClient.HttpClient
> =>
  Effect.flatMap(given(options), (settings) =>
    Effect.map(connect(settings), (transport) => inviting(settings, transport))
  )

/**
 * Over any `HttpClient` that makes one attempt for each call: a client that retries by itself spends calls that the
 * budget does not see. Every call waits for its place in the `Budget` of the key; the default counts in memory. Options
 * that no call could be made with are a defect that names the option.
 *
 * @category layers
 */
export const layer = (
  options: MeltingSpotConfig.Options
): Layer.Layer<LiveParticipants, never, HttpClient.HttpClient> =>
  Layer.effect(LiveParticipants, make(options))

/**
 * `layer`, with the options read from the configuration when the layer is built. Options that no call could be made
 * with are a `ConfigError`. Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = (
  options: Config.Wrap<MeltingSpotConfig.Options> = MeltingSpotConfig.config
): Layer.Layer<LiveParticipants, Config.ConfigError, HttpClient.HttpClient> =>
  Layer.effect(LiveParticipants, Effect.flatMap(configured(options), fromSettings))

/**
 * Over another `LiveParticipants`: calls of `invite` for one Live (and one inviter and notification flag) that come
 * within the window leave as one bulk call, and each gets its own outcome. A call that has left is aborted when all who
 * wait for it are interrupted.
 *
 * @category layers
 */
export const layerBatched = <R = never>(
  options: BatchingOptions<R> = {}
): Layer.Layer<LiveParticipants, never, LiveParticipants | R> =>
  Layer.effect(
    LiveParticipants,
    Effect.gen(function* () {
      refuseFlaws(
        wholeNumberFlaw("maxMembers", options.maxMembers ?? 1, 1),
        durationFlaw("window", options.window ?? 0, "0 or more")
      )
      const participants = yield* LiveParticipants
      const context = yield* Effect.context<R>()
      const { perCall } = options
      const invite = batched(participants, {
        ...options,
        perCall: perCall && ((call) => Effect.provideContext(perCall(call), context))
      })
      return LiveParticipants.of({ ...participants, invite, ensureInvited: ensuring(invite) })
    })
  )
