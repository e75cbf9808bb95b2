/** The calls that a dispatcher claims for a Spot, with a lease on each of their invitations. */
import { type Array, type DateTime, type Duration, type Effect, Schema } from "effect"
import type { Invitation } from "@usher/core"
import type { Lane } from "@usher/model/Invitation"
import type * as Budget from "./Budget.ts"

/**
 * An invitation that is leased to one dispatcher. No other dispatcher sends it before the lease ends.
 *
 * @category models
 */
export interface Claim {
  /** The id of the invitation. */
  readonly id: string
  /** The Spot that sends the invitation. */
  readonly spot: string
  /** The source of the first webhook that requested it. */
  readonly source: string
  /** Who is invited to which Live, and how. */
  readonly invitation: Invitation.Invitation
  /** The lane in which the invitation is sent. */
  readonly lane: Lane
  /** The number of the attempt, from 1. */
  readonly attempt: number
  /** When the invitation was created, replayed, or requested again; the latest of these. */
  readonly requestedAt: DateTime.Utc
  /**
   * When the webhook that requested it was received, however long it waited for its mapping. For a replay, `requestedAt`.
   */
  readonly receivedAt: DateTime.Utc
  /** When the invitation expires: it is not sent from then on. Null: never. */
  readonly expiresAt: DateTime.Utc | null
  /** The maximum number of members in its call, after a larger call was refused. Null: no limit so far. */
  readonly maxBatchSize: number | null
  /** The lease token, which fences writes: a settlement with another token changes nothing. */
  readonly leaseToken: string
  /** The W3C `traceparent` of the webhook that requested it. */
  readonly traceparent: string | null
}

/**
 * One upstream call that is reserved in the budget, by its number within its lane.
 *
 * @category models
 */
export interface Reservation {
  /** The Spot whose budget it reserves. */
  readonly spot: string
  /** The lane that the call counts for. */
  readonly lane: number
  /** The number of the call within its lane. */
  readonly number: number
  /** When it was reserved, in milliseconds of this process's monotonic clock. */
  readonly since: number
}

/**
 * One upstream call to make: for a single invitation, or for several with the same Live, inviter and notification flag.
 *
 * @category models
 */
export interface Call {
  /** The invitations of the call. Several share the Live, the inviter and the notification flag. */
  readonly claims: Array.NonEmptyReadonlyArray<Claim>
  /** The reservation of the call. Null if the Spot has no budget. */
  readonly reservation: Reservation | null
  /** Whether the call probes if a parked Live exists now. */
  readonly isLiveProbe: boolean
}

/**
 * Another relay leads the Spot now. A relay that was slow or frozen must not dispatch for the Spot any longer.
 *
 * @category errors
 */
export class LeadershipLost extends Schema.TaggedError<LeadershipLost>()("LeadershipLost", {
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
  /** The maximum number of calls. A claim stops at about 100 people. */
  readonly calls: number
  /** The length of the leases. When a lease ends, any dispatcher may claim the invitation. */
  readonly lease: Duration.Duration
  /**
   * The longest wait of an invitation for its next attempt. One that is scheduled later counts as due now. Default: 1
   * hour.
   */
  readonly maxWait?: Duration.Duration | undefined
  /** The maximum number of members in one call. Default: 1, which makes single calls only. */
  readonly batchSize?: number | undefined
  /** The maximum number of members in a first call for a Live, at a time in milliseconds. Default: no limit. */
  readonly sizeOf?: ((liveId: string, now: number) => number) | undefined
  /** The budget to reserve from, in the transaction that grants the leases. Default: no budget. */
  readonly budget?: Budget.Limits | undefined
  /**
   * The term that `SpotControl.acquireLeadership` returned. A claim with an older term fails with `LeadershipLost`. Default: any relay may
   * claim.
   */
  readonly term?: number | undefined
  /** Claims invitations of this lane only. Default: all lanes. */
  readonly lane?: Lane | undefined
  /**
   * Invitations to skip although their leases have ended: their calls were answered, but the answers are not stored
   * yet.
   */
  readonly except?: ReadonlyArray<string> | undefined
}

/**
 * How to give back a claimed invitation.
 *
 * @category options
 */
export interface ReleaseOptions {
  /** Whether its call had started, so that the upstream may have acted on it. Default: false. */
  readonly isCalled?: boolean | undefined
}

/**
 * The calls of a claim, and when to claim again.
 *
 * @category models
 */
export interface Claimed {
  /** The calls to make. Empty if nothing is due or the budget has no room. */
  readonly calls: ReadonlyArray<Call>
  /**
   * When to claim again: something is due, an invitation expires, or the budget has room. Undefined: not before a
   * signal.
   */
  readonly next: DateTime.Utc | undefined
  /** Whether the call probes if the upstream accepts calls again, for a paused Spot or after a cooldown. */
  readonly isProbe: boolean
  /** Whether nothing else is due. Until `next` or a signal, another claim would find nothing. */
  readonly isDrained: boolean
}

/**
 * A dispatcher that also claims while a lone webhook of its Spot is mapped, in the same transaction. This saves a
 * commit.
 *
 * @category models
 */
export interface Claimer {
  /** The Spot that the dispatcher serves. */
  readonly spot: string
  /**
   * Runs the mapping with options for a claim, or with undefined if the dispatcher needs no calls now. Then starts the
   * claimed calls. Meanwhile the dispatcher does not claim by itself.
   */
  readonly whileMapping: <A, E>(
    map: (options: ClaimOptions | undefined) => Effect.Effect<readonly [A, Claimed | undefined], E>
  ) => Effect.Effect<A, E>
}
