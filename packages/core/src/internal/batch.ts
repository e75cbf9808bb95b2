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
 * Options of a batch.
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
  /** Concurrent chunks. Default: 1. */
  readonly concurrency?: number | undefined
  /** Concurrent single calls that confirm members missing from bulk answers, over all chunks. Default: 10. */
  readonly confirmConcurrency?: number | undefined
  /**
   * Whether results are emitted in any order, as soon as they are known. Default: `false`: in the order given, where a result
   * waits only for those before it.
   */
  readonly unordered?: boolean | undefined
  /**
   * Whether the participants of the Live are listed before the first invitation. Those listed as `Invited` or `Accepted`
   * are `AlreadyInvited` without a call of their own. Default: false.
   */
  readonly listFirst?: boolean | ListFirst | undefined
  /** Wraps each call to the upstream, for example with a retry. Default: one attempt. */
  readonly perCall?: PerCall<E2, R2> | undefined
}

/**
 * Options of the list of participants before a batch.
 *
 * @category options
 */
export interface ListFirst {
  /** Participants in one call. Default: 100, or the upstream's default if it refuses that. */
  readonly pageSize?: number | undefined
  /** The number of the first page. Default: detected, at the cost of one call. */
  readonly firstPage?: number | undefined
}

/**
 * Many people for one Live. `E` and `R` are those of the members, if they are a stream.
 *
 * @category models
 */
export interface Batch<E = never, R = never, E2 = InviteError, R2 = never> extends BatchOptions<E2, R2> {
  /** Email addresses and Spot member ids, in any mixture. A stream is read as fast as chunks are settled. */
  readonly members: (Iterable<string> & object) | Stream.Stream<string, E, R>
}

/**
 * Many people for one Live, each in a row of the caller: a line of a CSV, a record of a CRM.
 *
 * @category models
 */
export interface RowBatch<Row, E = never, R = never, E2 = InviteError, R2 = never> extends BatchOptions<
  E2,
  R2
> {
  /** The rows. A stream is read as fast as chunks are settled. */
  readonly rows: (Iterable<Row> & object) | Stream.Stream<Row, E, R>
  /** The email address or Spot member id of a row. */
  readonly memberOf: (row: Row) => string
}

/**
 * The result of a row.
 *
 * @category models
 */
export interface RowResult<Row> {
  /** The row as the caller gave it. */
  readonly row: Row
  /** The result of its member. */
  readonly result: InviteResult
}

/**
 * The members of one bulk call.
 *
 * @category models
 */
export interface Bulk {
  /** The Live that all are invited to. */
  readonly liveId: string
  /** Email addresses and Spot member ids, in any mixture, without repetitions. */
  readonly members: ReadonlyArray<string>
  /** As in an `Invitation`; the same for all. */
  readonly invitedBySpotMemberId?: string | undefined
  /** As in an `Invitation`; the same for all. */
  readonly withEmailNotification?: boolean | undefined
}

/**
 * The answer of a bulk call for one member: a participant, an error if it can't be read, or `undefined` if it is missing.
 *
 * @category models
 */
export type BulkAnswer = Participant | UndecodableAnswer | undefined

/**
 * The success of a call, which `perCall` has to return unchanged.
 *
 * @category models
 */
export interface Answered {
  /** Distinguishes it from other values. */
  readonly _tag: "Answered"
}

/**
 * Wraps a call, for example with `Effect.retry(Retry.schedule())`, `Effect.timeout("5 seconds")` or a log. A `TimeoutError`
 * counts as a timeout of the call. Any other error of the wrapper ends the batch.
 *
 * @category models
 */
export type PerCall<E = InviteError, R = never> = (
  call: Effect.Effect<Answered, InviteError>
) => Effect.Effect<Answered, E, R>

/**
 * The errors that a `perCall` adds.
 *
 * @category errors
 */
export type CallerError<E> = Exclude<E, InviteError | Cause.TimeoutError>

/**
 * The errors that end a batch early, none of which concerns a single member. Members without a result can be invited again
 * without harm.
 *
 * @category errors
 */
export type BatchError = MalformedPayload | Unauthorized | LiveNotFound | RateLimited | UpstreamUnavailable

/**
 * Options of the list of participants.
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
 * Options of `LiveParticipants.layerBatched`.
 *
 * @category options
 */
export interface BatchingOptions<R = never> {
  /** How long the first call waits for others. Default: 10 milliseconds. */
  readonly window?: Duration.Input | undefined
  /** The size at which a batch leaves immediately. Default: 100. */
  readonly maxMembers?: number | undefined
  /** Concurrent single calls that confirm members missing from the answer to one bulk call. Default: 10. */
  readonly confirmConcurrency?: number | undefined
  /** Wraps each call to the upstream: a retry here repeats the bulk call, a retry around `invite` a single call. */
  readonly perCall?: PerCall<InviteError | Cause.TimeoutError, R> | undefined
}
