/** What tests do with an Inbox, as a dispatcher would. */
import { DateTime, Duration, Effect } from "effect"
import { InviteError, type Participant } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { type Claiming, Inbox, type Settling } from "../src/index.ts"
import { alice, firstOf } from "./fixtures.ts"

export const lease = Duration.minutes(2)

/** As many calls for many as are due, or single ones, in order: the claims in them. */
export const claim = Effect.fnUntraced(function* (
  calls = 10,
  spot = "main",
  options?: Partial<Claiming.ClaimOptions>
) {
  const inbox = yield* Inbox.Inbox
  const claimed = yield* inbox.claim({ spot, calls, lease, ...options })
  return claimed.calls.flatMap(({ claims }) => claims)
})

/** When there may be something to claim. */
export const nextDue = (spot = "main") => Inbox.Inbox.use((inbox) => inbox.nextDue(spot))

/** Claims one, which has to be there. */
export const claimOne = firstOf(claim(1))

export const membersOf = (claims: ReadonlyArray<Claiming.Claim>) =>
  claims.map(({ invitation }) => invitation.member)

export const settlement = Effect.fnUntraced(function* (
  next: Settling.Outcome["next"],
  result: Participant.Participant | InviteError.InviteError = LiveParticipantsTest.participant(alice)
) {
  const startedAt = yield* DateTime.now
  return { startedAt, duration: Duration.millis(12.7), traceId: "trace-1", result, next }
})

/** Settles one claim with such an end; whether its lease held. */
export const settle = Effect.fnUntraced(function* (
  claim: Claiming.Claim,
  { result, next, ...call }: Effect.Success<ReturnType<typeof settlement>>
) {
  const inbox = yield* Inbox.Inbox
  const [settled] = yield* inbox.settle({ ...call, outcomes: [{ claim, result, next }] })
  return settled
})

export const unavailable = new InviteError.UpstreamUnavailable({
  liveId: alice.liveId,
  reason: "Timeout",
  mayHaveArrived: true
})

/** Settled as due again after the wait. */
export const again = (wait: Duration.Input, countsAsAttempt = true) =>
  Effect.flatMap(DateTime.now, (now) =>
    settlement({ status: "pending", dueAt: DateTime.addDuration(now, wait), countsAsAttempt }, unavailable)
  )
