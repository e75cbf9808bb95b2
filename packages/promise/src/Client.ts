/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A client of MeltingSpot: it invites people to Lives and lists who is invited.
 */
import type { ClientOptions } from "./ClientOptions.ts"
import { checkInteger } from "./internal/checks.ts"
import { connect } from "./internal/core/upstream.ts"
import { toError } from "./internal/core/errors.ts"
import { makeRunner } from "./internal/runner.ts"
import { membersOf, rowsOf } from "./internal/rows.ts"
import type { Invitation, MemberBatch, RowBatch } from "./Invitation.ts"
import type { EnsureResult, InviteResult } from "./InviteResult.ts"
import type { ListOptions } from "./ListOptions.ts"
import type { Participant } from "./Participant.ts"

/**
 * Options of a single call.
 *
 * @category options
 */
export interface CallOptions {
  /** Aborts the call, its wait for the limits included. The promise then rejects with `signal.reason`. Optional. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A client of MeltingSpot. Calls reject with an `InviteError`, with the reason of an aborted signal, or with a
 * `ClientClosedError`.
 *
 * @category models
 */
export interface Client {
  /**
   * Invites one person to one Live. Rejects with an `AlreadyInvitedError` if they are a participant: after a repeated
   * call, this may be the work of an attempt whose answer was lost. `ensureInvited` does not distinguish these cases.
   */
  readonly invite: (invitation: Invitation, options?: CallOptions) => Promise<Participant>
  /** Invites one person to one Live, unless they are a participant. Either way, the promise resolves. */
  readonly ensureInvited: (invitation: Invitation, options?: CallOptions) => Promise<EnsureResult>
  /**
   * Invites many people to one Live, in few calls, and gives one result for each row in the order of the rows. Nothing
   * is sent before the first result is requested; leaving the loop aborts the running calls. It rejects with errors that
   * concern no single member. Rows without a result can be invited again without harm.
   */
  readonly inviteMany: {
    <Row>(batch: RowBatch<Row>, options?: CallOptions): AsyncIterable<InviteResult<Row>>
    (batch: MemberBatch, options?: CallOptions): AsyncIterable<InviteResult<string>>
  }
  /**
   * The participants of a Live. Pages are read on demand. A participant who joins or leaves meanwhile may be missing or
   * repeated.
   */
  readonly list: (options: ListOptions, callOptions?: CallOptions) => AsyncIterable<Participant>
  /**
   * Closes the client: aborts the running calls, which reject with a `ClientClosedError`, as later calls do. Resolves
   * when all have ended.
   */
  readonly close: () => Promise<void>
  /** `close`, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * Makes a client. Throws an `InvalidOptionError` if an option is missing or wrong.
 *
 * @category constructors
 */
export const createClient = (options: ClientOptions = {}): Client => {
  const upstream = connect(options)
  const { close, iterate, run } = makeRunner(toError)

  function inviteMany<Row>(batch: RowBatch<Row>, options?: CallOptions): AsyncIterable<InviteResult<Row>>
  function inviteMany(batch: MemberBatch, options?: CallOptions): AsyncIterable<InviteResult<string>>
  function inviteMany<Row>(batch: RowBatch<Row> | MemberBatch, { signal }: CallOptions = {}) {
    return "rows" in batch
      ? iterate(upstream.inviteRows(rowsOf(batch)), signal)
      : iterate(upstream.inviteRows(membersOf(batch)), signal)
  }

  // Each `await` keeps the line of the caller in the stack of the error.
  return {
    invite: async (invitation, { signal } = {}) => await run(upstream.invite(invitation), signal),
    ensureInvited: async (invitation, { signal } = {}) =>
      await run(upstream.ensureInvited(invitation), signal),
    inviteMany,
    list: (options, { signal } = {}) => {
      checkInteger("pageSize", options.pageSize, 1)
      checkInteger("firstPage", options.firstPage, 0)
      return iterate(upstream.list(options), signal)
    },
    close,
    [Symbol.asyncDispose]: close
  }
}
