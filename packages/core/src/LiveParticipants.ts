/**
 * Invites people to a Live: one call is one attempt, and its type has every outcome.
 */
import { Effect, identity, Layer } from "effect"
import type { HttpClient } from "effect/http"
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
import { given, layerConfigOf, layerOf, makeOf } from "./internal/settings.ts"
import { connect, type Transport } from "./internal/transport.ts"
import type * as MeltingSpotConfig from "./MeltingSpotConfig.ts"

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

/** The service without its batches and lists. */
const inviting = (
  maxAnswer: number,
  { send }: Transport
): Pick<LiveParticipants["Service"], "invite" | "ensureInvited"> => {
  const invite = tracedInvite((invitation, span) =>
    Effect.flatMap(decodeInvitation(invitation), ({ liveId, ...body }) => {
      span.attribute("live.id", liveId)
      const request = { method: "POST", ...participantsRoute(liveId), body: JSON.stringify(body) } as const
      return send(liveId, request, readInvited(liveId, maxAnswer))
    })
  )
  return { invite, ensureInvited: ensuring(invite) }
}

const fromSettings = /* @__PURE__ */ Effect.fnUntraced(function* (settings: MeltingSpotConfig.Settings) {
  const maxAnswer = Number(settings.maxAnswerSize)
  const transport = yield* connect(settings)
  const { send } = transport
  const { invite, ensureInvited } = inviting(maxAnswer, transport)

  const many: NonNullable<Calls["many"]> = ({ liveId, ...body }) => {
    const { emails = [], spotMemberIds = [] } = body.members
    return send(
      liveId,
      { method: "POST", ...bulkInviteRoute(liveId), body: JSON.stringify(body) },
      readListed(liveId, maxAnswer, emails.length + spotMemberIds.length)
    )
  }

  const calls: Calls = {
    one: invite,
    many,
    list: (perCall) =>
      list((liveId, query) => {
        const { template, path } = participantsRoute(liveId)
        return perCall(
          send(liveId, { method: "GET", template, path: path + query }, readPage(liveId, maxAnswer))
        )
      })
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
 * The service itself, for programs that hold several: one for each Spot. Invalid options are a defect that names the
 * option.
 *
 * @category constructors
 */
export const make = /* @__PURE__ */ makeOf(fromSettings)

/**
 * `invite` and `ensureInvited` alone, for programs whose size matters, such as a Worker: a bundler leaves out batches and
 * lists. Invalid options are a defect that names the option.
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
    Effect.map(connect(settings), (transport) => inviting(Number(settings.maxAnswerSize), transport))
  )

/**
 * A layer over any `HttpClient` that makes one attempt for each call: a client that retries by itself spends calls that
 * the budget does not see. Every call waits for its place in the `Budget` of the key; the default counts in memory.
 * Invalid options are a defect that names the option.
 *
 * @category layers
 */
export const layer = /* @__PURE__ */ layerOf(LiveParticipants, fromSettings)

/**
 * `layer` with options that are read from the configuration when the layer is built. Invalid options are a `ConfigError`.
 * Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = /* @__PURE__ */ layerConfigOf(LiveParticipants, fromSettings)

/**
 * A layer over another `LiveParticipants`: calls of `invite` within the window, for one Live (and one inviter and
 * notification flag), leave as one bulk call, and each gets its own outcome. The bulk call is aborted when all its callers
 * are interrupted.
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
