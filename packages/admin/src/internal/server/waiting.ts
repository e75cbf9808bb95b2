/** Explains why a pending invitation waits, and until when. */
import { DateTime, Duration, Effect, SubscriptionRef } from "effect"
import { Budget, type Inbox, SpotControl, Spots } from "@usher/engine"
import { Hold, type Spot } from "@usher/model"
import type { StoredInvitation } from "@usher/model/Invitation"

/** The cause of a wait. */
export interface Waiting {
  /** Continues `Waiting …`. Without addresses. Null if nothing holds the invitation: it waits for its turn. */
  readonly cause: string | null
  /** When the wait ends. Null if nobody knows. */
  readonly until: DateTime.Utc | null
}

/** Why a pending invitation waits. */
export type WhyWaiting = (invitation: StoredInvitation) => Waiting

/**
 * The cause of each wait, the first of these: its Spot is paused, its Live is parked, its Spot is in cooldown or its
 * circuit open, it is due later or waits for the beginning of its Live, or the budget is spent.
 */
export const whyWaiting = Effect.fnUntraced(function* (
  invitations: ReadonlyArray<StoredInvitation>
): Effect.fn.Return<WhyWaiting, Inbox.InboxUnavailable, SpotControl.SpotControl | Spots.Spots> {
  const pending = new Set(invitations.flatMap(({ spot, status }) => (status === "pending" ? [spot] : [])))
  if (pending.size === 0) return unknown
  const control = yield* SpotControl.SpotControl
  const present = yield* SubscriptionRef.get((yield* Spots.Spots).present)
  const states = new Map((yield* control.all).map((state) => [state.spot, state]))
  const parked = yield* control.parked
  const now = yield* DateTime.now
  const spent = new Map<string, SpentBudget>()
  for (const spot of pending) {
    const limits = present.get(spot)?.budget
    if (limits !== undefined) spent.set(spot, { limits, usages: yield* control.usage(spot, limits) })
  }
  return (invitation) =>
    paused(states.get(invitation.spot)) ??
    whileParked(invitation, parked, {
      now,
      hold: Hold.of(states.get(invitation.spot)),
      roomAt: roomAt(spent.get(invitation.spot)?.usages)
    }) ??
    held(invitation, states.get(invitation.spot)) ??
    later(invitation, now) ??
    outOfBudget(invitation, spent) ?? { cause: null, until: null }
})

/** Used where no invitation is pending. */
export const unknown: WhyWaiting = () => ({ cause: null, until: null })

const later = (
  { attempts, dueAt, liveDeadline }: StoredInvitation,
  now: DateTime.Utc
): Waiting | undefined => {
  if (!DateTime.isGreaterThan(dueAt, now)) return undefined
  if (liveDeadline === "reading")
    return { cause: "until MeltingSpot says when the Live begins", until: dueAt }
  return { cause: attempts === 0 ? "until it is due" : null, until: dueAt }
}

const paused = (state: Spot.SpotState | undefined): Waiting | undefined =>
  state?.paused == null
    ? undefined
    : { cause: `while the Spot ${state.spot} is paused: ${state.paused.reason}`, until: null }

const whileParked = (
  { spot, liveId }: StoredInvitation,
  parked: ReadonlyArray<Spot.ParkedLive>,
  next: Hold.NextCall
): Waiting | undefined => {
  const live = parked.find((one) => one.spot === spot && one.liveId === liveId)
  if (live === undefined) return
  const at = Hold.probeAt(live, next)
  return {
    cause: "while the Live is parked: MeltingSpot does not know it",
    until: at !== null && DateTime.isGreaterThan(at, next.now) ? at : null
  }
}

/** When every window of a budget has room again. Null if all have room now, or nobody counts the calls. */
export const roomAt = (usages: ReadonlyArray<Budget.Usage> = []): DateTime.Utc | null => {
  const full = Budget.full(usages)
  return full === undefined ? null : DateTime.makeUnsafe(full.freesAt)
}

const held = ({ spot, dueAt }: StoredInvitation, state: Spot.SpotState | undefined): Waiting | undefined => {
  const hold = Hold.of(state)
  if (hold === null || hold.until === null) return
  const own = DateTime.isGreaterThan(dueAt, hold.until) ? "for its next attempt, " : ""
  const what =
    hold.state === "cooldown" ? `the Spot ${spot} is in cooldown` : `the circuit of the Spot ${spot} is open`
  const cause = `${own}while ${what}: ${hold.reason}`
  return { cause, until: DateTime.max(dueAt, hold.until) }
}

interface SpentBudget {
  readonly limits: Budget.Limits
  readonly usages: ReadonlyArray<Budget.Usage>
}

const outOfBudget = (
  { spot, lane }: StoredInvitation,
  spent: ReadonlyMap<string, SpentBudget>
): Waiting | undefined => {
  const budget = spent.get(spot)
  if (budget === undefined) return
  const { limits, usages } = budget
  const full = Budget.full(usages)
  if (full !== undefined) {
    const window = `${full.calls.toLocaleString("en")} calls in ${Duration.format(Duration.millis(full.millis))}`
    return {
      cause: `because the budget of the Spot ${spot} is spent (${window})`,
      until: DateTime.makeUnsafe(full.freesAt)
    }
  }
  return Budget.room(lane, usages, limits.shares, () => false) > 0
    ? undefined
    : {
        cause: `because the rest of the budget of the Spot ${spot} is reserved for new sign-ups`,
        until: null
      }
}
