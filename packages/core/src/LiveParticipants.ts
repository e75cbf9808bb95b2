/**
 * Inviting people to a Live: one call is one attempt, and every way it can end is in the type.
 *
 * @since 0.1.0
 */
import { type Cause, type Config, Context, type Duration, Effect, identity, Layer, type Stream } from "effect"
import { HttpClient } from "effect/http"
import { Budget } from "./Budget.ts"
import { readInvited } from "./internal/answer.ts"
import { readListed, readPage } from "./internal/answerOfMany.ts"
import { batched } from "./internal/batching.ts"
import { type Calls, inviteBulk } from "./internal/bulk.ts"
import { decodeInvitation } from "./internal/invitation.ts"
import { ensuring } from "./internal/ensuring.ts"
import { tracedInvite } from "./internal/inviteSpan.ts"
import { durationFlaw, refuseFlaws, wholeNumberFlaw } from "./internal/optionChecks.ts"
import { list } from "./internal/pages.ts"
import { bulkInviteRoute, participantsRoute } from "./internal/paths.ts"
import { inviteMany, inviteRows } from "./internal/rows.ts"
import { configured, given } from "./internal/settings.ts"
import * as Transport from "./internal/transport.ts"
import type { Invitation } from "./Invitation.ts"
import type { BulkInvitationPayload } from "./InvitationPayload.ts"
import type {
  BulkError,
  EnsureError,
  InviteError,
  ListError,
  LiveNotFound,
  MalformedPayload,
  RateLimited,
  Unauthorized,
  UndecodableAnswer,
  UpstreamUnavailable
} from "./InviteError.ts"
import type { Ensured, InviteResult } from "./InviteResult.ts"
import * as MeltingSpotConfig from "./MeltingSpotConfig.ts"
import type { Participant } from "./Participant.ts"
import type { ParticipantFilter } from "./ParticipantFilter.ts"

/**
 * How a batch is made.
 *
 * @category options
 * @since 0.1.0
 */
export interface BatchOptions<E2 = InviteError, R2 = never> {
  /** The Live that all are invited to. */
  readonly liveId: string
  /** As in an `Invitation`; the same for all. Optional. */
  readonly invitedBySpotMemberId?: string | undefined
  /** As in an `Invitation`; the same for all. Optional. */
  readonly withEmailNotification?: boolean | undefined
  /** Members in one call. The upstream's limit is not documented: a `413` lowers it for the rest. Default: 100. */
  readonly chunkSize?: number | undefined
  /** Chunks under way at once. Default: 1. */
  readonly concurrency?: number | undefined
  /** Single calls under way at once that confirm members missing from bulk answers, over all chunks. Default: 10. */
  readonly confirmConcurrency?: number | undefined
  /**
   * Whether each result is emitted as soon as it is known, in any order. Default: false, in the order given: a result
   * waits for those before it, and for no others.
   */
  readonly unordered?: boolean | undefined
  /**
   * Whether the participants of the Live are listed before the first invitation. Those listed as `Invited` or `Accepted`
   * are `AlreadyInvited` without a call of their own. Default: false.
   */
  readonly listFirst?: boolean | ListFirst | undefined
  /** Wraps each call to the upstream, for instance with a retry. Default: one attempt. */
  readonly perCall?: PerCall<E2, R2> | undefined
}

/**
 * How the participants are listed before a batch.
 *
 * @category options
 * @since 0.1.0
 */
export interface ListFirst {
  /** Participants in one call. Default: 100; if the upstream refuses that, its own default. */
  readonly pageSize?: number | undefined
  /** As in `ListOptions`. Default: found out, at the cost of one call. */
  readonly firstPage?: number | undefined
}

/**
 * Many people for one Live. `E` and `R` are those of the members, if they are a stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface Batch<E = never, R = never, E2 = InviteError, R2 = never> extends BatchOptions<E2, R2> {
  /** Email addresses and Spot member ids, mixed as they come. A stream is read as fast as chunks are settled. */
  readonly members: (Iterable<string> & object) | Stream.Stream<string, E, R>
}

/**
 * Many people for one Live, each in a row of the caller's own: a line of a CSV, a record of a CRM.
 *
 * @category models
 * @since 0.1.0
 */
export interface RowBatch<Row, E = never, R = never, E2 = InviteError, R2 = never> extends BatchOptions<
  E2,
  R2
> {
  /** The rows. A stream is read as fast as chunks are settled. */
  readonly rows: (Iterable<Row> & object) | Stream.Stream<Row, E, R>
  /** The email address or Spot member id that a row is about. */
  readonly memberOf: (row: Row) => string
}

/**
 * What became of a row.
 *
 * @category models
 * @since 0.1.0
 */
export interface RowResult<Row> {
  /** The caller's own, as it was given. */
  readonly row: Row
  /** What became of the member that it names. */
  readonly result: InviteResult
}

/**
 * The members of one call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bulk {
  /** The Live that all are invited to. */
  readonly liveId: string
  /** Email addresses and Spot member ids, mixed as they come; none twice. */
  readonly members: ReadonlyArray<string>
  /** As in an `Invitation`; the same for all. */
  readonly invitedBySpotMemberId?: string | undefined
  /** As in an `Invitation`; the same for all. */
  readonly withEmailNotification?: boolean | undefined
}

/**
 * What the answer to a bulk call says of one member: a participant, one that can't be read, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type BulkAnswer = Participant | UndecodableAnswer | undefined

/**
 * What a call of a batch was answered, for `perCall` to hand on as it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answered {
  /** Tells it from other values. */
  readonly _tag: "Answered"
}

/**
 * The same call in the caller's own way: retried, timed, logged; `Effect.retry(Retry.schedule())` and
 * `Effect.timeout("5 seconds")` are two. A `TimeoutError` counts as a call that was not answered in time; any other error
 * of the caller's own ends the batch.
 *
 * @category models
 * @since 0.1.0
 */
export type PerCall<E = InviteError, R = never> = (
  call: Effect.Effect<Answered, InviteError>
) => Effect.Effect<Answered, E, R>

/**
 * The errors of a `perCall` that are the caller's own.
 *
 * @category errors
 * @since 0.1.0
 */
export type CallerError<E> = Exclude<E, InviteError | Cause.TimeoutError>

/**
 * Why a batch ends early: nothing here is about a member. Everybody whose result was not emitted yet can be invited
 * again without harm.
 *
 * @category errors
 * @since 0.1.0
 */
export type BatchError = MalformedPayload | Unauthorized | LiveNotFound | RateLimited | UpstreamUnavailable

/**
 * Whom to list.
 *
 * @category models
 * @since 0.1.0
 */
export interface ListOptions {
  /** Whose participants. */
  readonly liveId: string
  /** Default: everybody. */
  readonly filter?: ParticipantFilter | undefined
  /** Participants in one call; default and maximum are the upstream's, and not documented. */
  readonly pageSize?: number | undefined
  /** The number of the first page, which is not documented. Naming it saves a call; default: found out. */
  readonly firstPage?: number | undefined
}

/**
 * How calls are collected.
 *
 * @category options
 * @since 0.1.0
 */
export interface BatchingOptions<R = never> {
  /** How long the first call waits for others. Default 10 milliseconds. */
  readonly window?: Duration.Input | undefined
  /** A batch of this size leaves at once. Default 100. */
  readonly maxMembers?: number | undefined
  /** Single calls under way at once that confirm members missing from the answer to one bulk call. Default: 10. */
  readonly confirmConcurrency?: number | undefined
  /** Wraps each call to the upstream: a retry here repeats the bulk call, and one around `invite` a single one. */
  readonly perCall?: PerCall<InviteError | Cause.TimeoutError, R> | undefined
}

/**
 * The participants of Lives.
 *
 * ```ts
 * import { LiveParticipants } from "@usher/core"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const participants = yield* LiveParticipants.LiveParticipants
 *   return yield* participants.invite({ liveId: "3f0c…", member: "alice@example.com" })
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class LiveParticipants extends Context.Service<
  LiveParticipants,
  {
    /**
     * Invites one person to one Live (`POST /v1/lives/{liveId}/participants`): one attempt, no retry. Interrupting it
     * aborts the request. Fails with `AlreadyInvited` when the upstream answers `200`; inviting again does no harm.
     */
    readonly invite: (invitation: Invitation) => Effect.Effect<Participant, InviteError>
    /**
     * `invite` for callers that treat "already invited" as success: it succeeds with `Invited` (now) or `AlreadyInvited`
     * (before), and fails with everything else that `invite` fails with.
     */
    readonly ensureInvited: (invitation: Invitation) => Effect.Effect<Ensured, EnsureError>
    /**
     * Invites many to one Live (`POST /v1/lives/{liveId}/participants~bulkInvite`), in chunks, and emits a result for
     * each member, in the order given unless the batch is `unordered`. Each is emitted as soon as it and those before it
     * are known. `invite` confirms the members that an answer leaves out, several at once: its `200` or `201` is
     * exact. A chunk that is refused (`400`, or a 4xx without a tag of its own) or too large (`413`) is halved until it
     * passes or a member stands alone: a chunk of which everybody is refused costs twice its size in calls. A chunk
     * without a usable answer is halved as well, if a single call for one of its members is answered; otherwise the
     * upstream is down, and the stream fails.
     */
    readonly inviteMany: <E = never, R = never, E2 = never, R2 = never>(
      batch: Batch<E, R, E2, R2>
    ) => Stream.Stream<InviteResult, BatchError | E | CallerError<E2>, R | R2>
    /**
     * `inviteMany` for rows of the caller's own. Each result comes with its row.
     */
    readonly inviteRows: <Row, E = never, R = never, E2 = never, R2 = never>(
      batch: RowBatch<Row, E, R, E2, R2>
    ) => Stream.Stream<RowResult<Row>, BatchError | E | CallerError<E2>, R | R2>
    /**
     * The bulk call alone (`POST /v1/lives/{liveId}/participants~bulkInvite`), for callers that own chunks, retries and
     * halving: one attempt, and what its answer says of each member, in their order. Of whom it says nothing, `invite`
     * tells what they are. Who is refused takes all others of the call along (`400`).
     */
    readonly inviteBulk: (bulk: Bulk) => Effect.Effect<ReadonlyArray<BulkAnswer>, BulkError>
    /**
     * The participants of a Live (`GET /v1/lives/{liveId}/participants`), page by page as the stream is read. Somebody
     * who joins or leaves meanwhile may be missed or come twice.
     */
    readonly list: (options: ListOptions) => Stream.Stream<Participant, ListError>
  }
>()("@usher/core/LiveParticipants") {}

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
 * @since 0.1.0
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
 * @since 0.1.0
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
 * @since 0.1.0
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
 * @since 0.1.0
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
 * @since 0.1.0
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
