/** Why a pending invitation waits. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { LiveParticipants } from "@usher/core"
import { Budget, SpotControl, Spots } from "@usher/engine"
import type { StoredInvitation } from "@usher/model/Invitation"
import type { SpotState } from "@usher/model/Spot"
import { whyWaiting } from "../../../../packages/admin/src/internal/server/waiting.ts"

const now = DateTime.makeUnsafe(0)
const soon = DateTime.addDuration(now, Duration.minutes(5))

const pending: StoredInvitation = {
  id: "inv_1",
  spot: "main",
  liveId: "live-1",
  member: "ada@example.com",
  source: "form",
  status: "pending",
  lane: "import",
  attempts: 0,
  dueAt: now,
  expiresAt: null,
  createdAt: now,
  requestedAt: now,
  settledAt: null,
  lastError: null,
  traceId: null,
  webhookIds: []
}

const active: SpotState = { spot: "main", paused: null, cooldown: null, circuit: null, largestBatch: null }

const usage = (calls: number, millis: number, imports: number): Budget.Usage => ({
  calls,
  millis,
  used: { live: 0, retry: 0, replay: 0, import: imports },
  freesAt: DateTime.toEpochMillis(soon)
})

const roomy = [usage(100, 10_000, 1), usage(50_000, 86_400_000, 1)]

const why = Effect.fnUntraced(function* (
  invitation: Partial<StoredInvitation>,
  state: Partial<SpotState> = {},
  usages: ReadonlyArray<Budget.Usage> = roomy,
  parked: ReadonlyArray<{ readonly spot: string; readonly liveId: string }> = []
) {
  const one = { ...pending, ...invitation }
  const participants = yield* Effect.provide(
    LiveParticipants.LiveParticipants,
    Layer.mock(LiveParticipants.LiveParticipants)({})
  )
  const present = yield* SubscriptionRef.make<ReadonlyMap<string, Spots.Spot>>(
    new Map([["main", Spots.make("main", participants)]])
  )
  const whyOf = yield* Effect.provide(whyWaiting([one]), [
    Layer.mock(Spots.Spots)({ present }),
    Layer.mock(SpotControl.SpotControl)({
      all: Effect.succeed([{ ...active, ...state }]),
      parked: Effect.succeed(parked.map((live) => ({ ...live, title: null, since: now, until: soon }))),
      usage: () => Effect.succeed(usages)
    })
  ])
  return whyOf(one)
})

describe("an invitation waits", () => {
  it.effect("while its Spot is paused, whatever else holds it", () =>
    Effect.gen(function* () {
      const paused = { since: now, by: "operator", reason: "budget talks" } as const
      const parked = [{ spot: "main", liveId: "live-1" }]
      expect(yield* why({}, { paused }, roomy, parked)).toEqual({
        cause: "while the Spot main is paused: budget talks",
        until: null
      })
      expect(yield* why({}, {}, roomy, parked)).toEqual({
        cause: "while the Live is parked: MeltingSpot does not know it",
        until: soon
      })
    })
  )

  it.effect("while its Live is parked, until its Spot makes calls again if that is later", () =>
    Effect.gen(function* () {
      const parked = [{ spot: "main", liveId: "live-1" }]
      const later = DateTime.addDuration(soon, Duration.minutes(1))
      const cooldown = { since: now, until: later, reason: "429" }
      expect(yield* why({}, { cooldown }, roomy, parked)).toMatchObject({ until: later })
      const spent = { ...usage(400, 86_400_000, 400), freesAt: DateTime.toEpochMillis(later) }
      expect(yield* why({}, {}, [usage(100, 10_000, 3), spent], parked)).toMatchObject({ until: later })
      yield* TestClock.adjust("1 hour")
      expect(yield* why({}, {}, roomy, parked)).toMatchObject({ until: null })
    })
  )

  it.effect("until a cooldown ends, or until its own retry after it", () =>
    Effect.gen(function* () {
      const cooldown = { since: now, until: soon, reason: "429" }
      expect(yield* why({}, { cooldown })).toEqual({
        cause: "while the Spot main is in cooldown: 429",
        until: soon
      })
      const later = DateTime.addDuration(soon, Duration.minutes(1))
      expect(yield* why({ dueAt: later, attempts: 1 }, { cooldown })).toMatchObject({
        cause: expect.stringMatching(/^for its next attempt, while/),
        until: later
      })
    })
  )

  it.effect("until it is due, although the budget is spent now", () =>
    Effect.gen(function* () {
      const spent = [usage(100, 10_000, 100), usage(50_000, 86_400_000, 100)]
      expect(yield* why({ dueAt: soon }, {}, spent)).toEqual({ cause: "until it is due", until: soon })
      expect(yield* why({ dueAt: soon, attempts: 2 })).toEqual({ cause: null, until: soon })
    })
  )

  it.effect("until the beginning of its Live is read, with which it expires", () =>
    Effect.gen(function* () {
      expect(yield* why({ dueAt: soon, liveDeadline: "reading" })).toEqual({
        cause: "until MeltingSpot says when the Live begins",
        until: soon
      })
    })
  )

  it.effect("because the budget is spent, or what is left is kept for new sign-ups", () =>
    Effect.gen(function* () {
      expect(yield* why({}, {}, [usage(100, 10_000, 3), usage(400, 86_400_000, 400)])).toEqual({
        cause: "because the budget of the Spot main is spent (400 calls in 1d)",
        until: soon
      })
      const reserved = [usage(100, 10_000, 3), usage(400, 86_400_000, 300)]
      expect(yield* why({}, {}, reserved)).toEqual({
        cause: "because the rest of the budget of the Spot main is reserved for new sign-ups",
        until: null
      })
      expect(yield* why({ lane: "live" }, {}, reserved)).toEqual({ cause: null, until: null })
    })
  )
})
