/** The options, models and errors of batches and lists. */
import type { Cause, Duration, Effect, Stream } from "effect"
import type {
  InviteError,
  LiveNotFound,
  MalformedPayload,
  RateLimited,
  Unauthorized,
  UndecodableAnswer,
  UpstreamUnavailable
} from "../InviteError.ts"
import type { InviteResult } from "../InviteResult.ts"
import type { Participant } from "../Participant.ts"
import type { ParticipantFilter } from "../ParticipantFilter.ts"
import type { PageOptions } from "./paging.ts"

/**
 * How a batch is made.
 *
 * @category options
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
 */
export interface Batch<E = never, R = never, E2 = InviteError, R2 = never> extends BatchOptions<E2, R2> {
  /** Email addresses and Spot member ids, mixed as they come. A stream is read as fast as chunks are settled. */
  readonly members: (Iterable<string> & object) | Stream.Stream<string, E, R>
}

/**
 * Many people for one Live, each in a row of the caller's own: a line of a CSV, a record of a CRM.
 *
 * @category models
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
 */
export type BulkAnswer = Participant | UndecodableAnswer | undefined

/**
 * What a call of a batch was answered, for `perCall` to hand on as it is.
 *
 * @category models
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
 */
export type PerCall<E = InviteError, R = never> = (
  call: Effect.Effect<Answered, InviteError>
) => Effect.Effect<Answered, E, R>

/**
 * The errors of a `perCall` that are the caller's own.
 *
 * @category errors
 */
export type CallerError<E> = Exclude<E, InviteError | Cause.TimeoutError>

/**
 * Why a batch ends early: nothing here is about a member. Everybody whose result was not emitted yet can be invited
 * again without harm.
 *
 * @category errors
 */
export type BatchError = MalformedPayload | Unauthorized | LiveNotFound | RateLimited | UpstreamUnavailable

/**
 * Whom to list.
 *
 * @category models
 */
export interface ListOptions extends PageOptions {
  /** The Live whose participants are listed. */
  readonly liveId: string
  /** Default: all participants. */
  readonly filter?: ParticipantFilter | undefined
}

/**
 * How calls are collected.
 *
 * @category options
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
