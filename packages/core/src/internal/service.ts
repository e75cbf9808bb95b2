/** The service, which the public module and its parts share. */
import { Context, type Effect, type Stream } from "effect"
import type { Invitation } from "../Invitation.ts"
import type { BulkError, EnsureError, InviteError, ListError } from "../InviteError.ts"
import type { Ensured, InviteResult } from "../InviteResult.ts"
import type { Participant } from "../Participant.ts"
import type {
  Batch,
  BatchError,
  Bulk,
  BulkAnswer,
  CallerError,
  ListOptions,
  RowBatch,
  RowResult
} from "./batch.ts"

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
     * (before). Its other errors are those of `invite`.
     */
    readonly ensureInvited: (invitation: Invitation) => Effect.Effect<Ensured, EnsureError>
    /**
     * Invites many to one Live (`POST /v1/lives/{liveId}/participants~bulkInvite`), in chunks, and emits a result for
     * each member, in the order given unless the batch is `unordered`. A result is emitted as soon as it and all earlier
     * ones are known. Members missing from an answer are confirmed by concurrent calls of `invite`, whose `200` or `201` is
     * exact. A chunk that is refused (`400`, or a 4xx without a tag of its own) or too large (`413`) is halved until it
     * passes or has one member: a chunk whose members are all refused costs twice its size in calls. A chunk without a
     * usable answer is halved as well, if a single call for one of its members is answered. Otherwise the upstream is down,
     * and the stream fails.
     */
    readonly inviteMany: <E = never, R = never, E2 = never, R2 = never>(
      batch: Batch<E, R, E2, R2>
    ) => Stream.Stream<InviteResult, BatchError | E | CallerError<E2>, R | R2>
    /**
     * `inviteMany` for the caller's rows. Each result comes with its row.
     */
    readonly inviteRows: <Row, E = never, R = never, E2 = never, R2 = never>(
      batch: RowBatch<Row, E, R, E2, R2>
    ) => Stream.Stream<RowResult<Row>, BatchError | E | CallerError<E2>, R | R2>
    /**
     * The bulk call alone (`POST /v1/lives/{liveId}/participants~bulkInvite`), for callers that implement chunks, retries
     * and halving themselves: one attempt, and one answer for each member, in order. `invite` confirms members without an
     * answer. One refused member makes the whole call fail (`400`).
     */
    readonly inviteBulk: (bulk: Bulk) => Effect.Effect<ReadonlyArray<BulkAnswer>, BulkError>
    /**
     * The participants of a Live (`GET /v1/lives/{liveId}/participants`), page by page as the stream is read. A participant
     * who joins or leaves meanwhile may be missing or repeated.
     */
    readonly list: (options: ListOptions) => Stream.Stream<Participant, ListError>
  }
>()("@usher/core/LiveParticipants") {}
