/**
 * What a dispatcher claims of a Spot: the calls to make now, with a lease on each of their invitations.
 */
import { type Array, type DateTime, type Duration, type Effect, Schema } from "effect"
import type { Invitation } from "@usher/core"
import type { Lane } from "@usher/model/Invitation"
import type * as Budget from "./Budget.ts"

/**
 * An invitation that is leased to one dispatcher: nobody else sends it before the lease ends.
 *
 * @category models
 */
export interface Claim {
  /** The id of the invitation. */
  readonly id: string
  /** The Spot that sends the invitation. */
  readonly spot: string
  /** Of the first webhook that asked for it. */
  readonly source: string
  /** Who is invited to which Live, and how. */
  readonly invitation: Invitation.Invitation
  /** The lane in which the invitation is sent. */
  readonly lane: Lane
  /** 1 for the first. */
  readonly attempt: number
  /** When it was made; later if it was replayed, or asked for again. */
  readonly askedAt: DateTime.Utc
  /** When the webhook came that asks for it, however long it waited to be mapped; `askedAt` where a replay asks. */
  readonly receivedAt: DateTime.Utc
  /** Not to be sent from then on; null for never. */
  readonly expiresAt: DateTime.Utc | null
  /** How many members its call may have at the most, since a larger one was refused; null while none was. */
  readonly together: number | null
  /** The fence: a settlement with another token changes nothing. */
  readonly lease: string
  /** W3C `traceparent` of the webhook that asked for it. */
  readonly traceparent: string | null
}

/**
 * One upstream call that was paid for, by its number in its lane.
 *
 * @category models
 */
export interface Spend {
  /** The Spot whose budget paid. */
  readonly spot: string
  /** The lane that the call counts for. */
  readonly lane: number
  /** The number of the call among those of its lane. */
  readonly number: number
  /** When, in milliseconds of this process's monotonic time. */
  readonly since: number
}

/**
 * One upstream call about to be made: a single one, or one for many with the same Live, inviter and notification.
 *
 * @category models
 */
export interface Call {
  /** The invitations of the call: one, or several that share the Live, the inviter and the notification. */
  readonly claims: Array.NonEmptyReadonlyArray<Claim>
  /** Null where nobody counts. */
  readonly spend: Spend | null
  /** Whether it is to find out if a Live that was parked is there now. */
  readonly isTrial: boolean
}

/**
 * Another relay leads the Spot now. A relay that was slow or frozen must not decide for the Spot any more.
 *
 * @category errors
 */
export class Deposed extends Schema.TaggedError<Deposed>()("Deposed", {
  /** The Spot that another relay leads. */
  spot: Schema.String
}) {
  override get message() {
    return `Another relay leads the Spot ${this.spot} now`
  }
}

/**
 * What to claim.
 *
 * @category options
 */
export interface ClaimOptions {
  /** The Spot to claim for. */
  readonly spot: string
  /** The most calls; a claim stops at about a hundred people. */
  readonly calls: number
  /** How long the claimed invitations are leased. After it, any dispatcher may claim them. */
  readonly lease: Duration.Duration
  /** How long an invitation may wait for its next attempt; one that is due later counts as due now. Default: 1 hour. */
  readonly longestWait?: Duration.Duration | undefined
  /** How many members one call may have. Default: 1, for single calls only. */
  readonly batchSize?: number | undefined
  /** How many members of a call may be in their first one, for each Live and at a time in milliseconds. Default: all. */
  readonly sizeOf?: ((liveId: string, now: number) => number) | undefined
  /** The budget that pays for the calls, in the same transaction as the leases. Default: no budget. */
  readonly budget?: Budget.Limits | undefined
  /** What `SpotControl.lead` gave; a claim with an older one fails with `Deposed`. Default: any relay may claim. */
  readonly epoch?: number | undefined
  /** Claims invitations of this lane only. Default: all lanes. */
  readonly lane?: Lane | undefined
  /** Invitations to leave out even when their leases have ended: their calls were answered, and the answers not stored yet. */
  readonly except?: ReadonlyArray<string> | undefined
}

/**
 * How a claimed invitation is given back.
 *
 * @category options
 */
export interface ReleaseOptions {
  /** Whether its call had begun: the upstream may have acted on it. Default: false. */
  readonly isCalled?: boolean | undefined
}

/**
 * The calls of a claim.
 *
 * @category models
 */
export interface Claimed {
  /** The calls to make; none if nothing is due or the budget has no room. */
  readonly calls: ReadonlyArray<Call>
  /** When there may be more: something is due, a deadline passes, the budget has room again. Undefined: never. */
  readonly next: DateTime.Utc | undefined
  /** Whether the call finds out if the upstream accepts calls again: of a paused Spot, or of one after its cooldown. */
  readonly isProbe: boolean
  /** Whether nothing else is due: until `next`, or a signal, another claim would find nothing. */
  readonly isDrained: boolean
}

/**
 * A dispatcher that claims in the transaction that maps a lone webhook of its Spot, which saves a commit.
 *
 * @category models
 */
export interface Claimer {
  /** The Spot that it dispatches. */
  readonly spot: string
  /**
   * Runs the mapping with what to claim in it, or with undefined while the dispatcher has no use for more calls. Begins the
   * calls that were claimed. Meanwhile the dispatcher claims nothing by itself.
   */
  readonly whileMapping: <A, E>(
    map: (options: ClaimOptions | undefined) => Effect.Effect<readonly [A, Claimed | undefined], E>
  ) => Effect.Effect<A, E>
}
