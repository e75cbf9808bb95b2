/**
 * Invitations and batches.
 */

/**
 * The options that all invitations of a call share.
 *
 * @category models
 */
export interface InvitationOptions {
  /** The Live to invite to. */
  readonly liveId: string
  /** The id of the Spot member who invites. Optional. */
  readonly invitedBySpotMemberId?: string | undefined
  /** `true` sends a notification mail to each invited member. Optional; MeltingSpot documents no default. */
  readonly withEmailNotification?: boolean | undefined
}

/**
 * An invitation of one person to one Live.
 *
 * @category models
 */
export interface Invitation extends InvitationOptions {
  /** An email address, or the id of a Spot member. */
  readonly member: string
}

/**
 * Options of a batch.
 *
 * @category options
 */
export interface BatchOptions extends InvitationOptions {
  /** Members in one call, at least 1. Default: 100. A 413 lowers it for the rest of the batch. */
  readonly chunkSize?: number | undefined
  /** Concurrent calls, at least 1. Default: 1. */
  readonly concurrency?: number | undefined
}

/**
 * Many members for one Live.
 *
 * @category models
 */
export interface MemberBatch extends BatchOptions {
  /** Email addresses and Spot member ids, in any mixture. An async iterable is read as fast as members are invited. */
  readonly members: (Iterable<string> & object) | AsyncIterable<string>
}

/**
 * Rows of your own, each of which names a member.
 *
 * @category models
 */
export interface RowBatch<Row> extends BatchOptions {
  /** Your rows, of any type. An async iterable is read as fast as members are invited. */
  readonly rows: Iterable<Row> | AsyncIterable<Row>
  /** The email address or Spot member id of a row. */
  readonly member: (row: Row) => string
}
