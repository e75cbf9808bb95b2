/** What a call does before it is made, and before its answer is stored. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Ref } from "effect"
import { CircuitBreaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import { InviteError, LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { breaking } from "../../src/dispatch/breaking.ts"
import { calling } from "../../src/dispatch/calling.ts"
import { keeping } from "../../src/dispatch/keeping.ts"
import { Splitting } from "../../src/dispatch/splitting.ts"
import { type Claiming, Dispatcher, Inbox, Leadership, Spots } from "../../src/index.ts"
import { claim, lease } from "../dispatching.ts"
import { alice, eventually, layerInbox, start, store, untilStatus } from "../fixtures.ts"

const { liveId } = alice

const calls = Effect.flatMap(LiveParticipantsTest.Recorder, ({ invitations }) => invitations)

const spot = Effect.map(LiveParticipants.LiveParticipants, (participants) =>
  Spots.make("main", participants, { budget: "unlimited", batchSize: 1 })
)

const dispatcher = Dispatcher.layer().pipe(
  Layer.provide([Layer.unwrap(Effect.map(spot, (spot) => Spots.layerOf(spot))), Leadership.layerAlone])
)

/** An Inbox, and an upstream that answers by the script. */
const upstream = (...script: ReadonlyArray<LiveParticipantsTest.Answer>) =>
  Effect.provide(Layer.merge(layerInbox, LiveParticipantsTest.layerScripted(...script)))

/** Lets everything run that can run without time going by. */
const settled = Effect.replicateEffect(Effect.yieldNow, 1_000, { discard: true })

describe("a call that was claimed", () => {
  it.effect.each([
    ["60 seconds before is made", 60_000, 1],
    ["longer before is not made: another relay may have made it by its end", 60_001, 0]
  ] as const)("%s", ([, age, count]) =>
    Effect.gen(function* () {
      const webhook = yield* store([alice])
      const call = yield* calling(yield* breaking, yield* keeping("5 seconds"), new Splitting())
      const { calls: claimed } = yield* Inbox.Inbox.use((inbox) =>
        inbox.claim({ spot: "main", calls: 1, lease })
      )
      const one = yield* Effect.fromNullishOr(claimed[0])
      yield* TestClock.adjust(age)
      yield* call({ spot: yield* spot, claimedAt: 0, isProbe: false }, one)
      expect(yield* calls).toHaveLength(count)
      // What was not sent is due again when its lease ends.
      yield* TestClock.adjust(lease)
      expect(yield* claim()).toHaveLength(1 - count)
      yield* untilStatus(webhook, count === 1 ? "invited" : "sending")
    }).pipe(Effect.scoped, Effect.provide(CircuitBreaker.layerStoreMemory()), upstream())
  )

  it.effect("just before its relay was frozen for a minute is not made by that relay", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      const frozen = { millis: 0 }
      const passed = () => clock.monotonicTimeNanosUnsafe() + BigInt(frozen.millis) * 1_000_000n
      const inbox = yield* Inbox.Inbox
      const freezing = Inbox.Inbox.of({
        ...inbox,
        claim: (options) =>
          Effect.tap(inbox.claim(options), ({ calls }) => {
            if (calls.length > 0 && frozen.millis === 0) frozen.millis = 60_001
            return Effect.void
          })
      })
      const webhook = yield* store([alice])
      yield* start(dispatcher.pipe(Layer.provide(Layer.succeed(Inbox.Inbox, freezing)))).pipe(
        Effect.provideService(Clock.Clock, {
          ...clock,
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + frozen.millis,
          currentTimeMillis: Effect.sync(() => clock.currentTimeMillisUnsafe() + frozen.millis),
          currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + BigInt(frozen.millis) * 1_000_000n,
          currentTimeNanos: Effect.sync(
            () => clock.currentTimeNanosUnsafe() + BigInt(frozen.millis) * 1_000_000n
          ),
          monotonicTimeNanosUnsafe: passed,
          monotonicTimeNanos: Effect.sync(passed),
          sleep: (duration) => clock.sleep(duration)
        })
      )
      yield* eventually(
        Effect.sync(() => frozen.millis),
        (millis) => millis > 0
      )
      yield* settled
      expect(yield* calls).toEqual([])
      yield* TestClock.adjust(lease)
      yield* untilStatus(webhook, "invited")
      expect(yield* calls).toEqual([alice])
    }).pipe(upstream())
  )
})

describe("what an answer means for all that is due", () => {
  const { fails } = LiveParticipantsTest

  it.effect.each([
    ["a refused key pauses the Spot", fails(new InviteError.Unauthorized({ liveId, status: 401 }))],
    ["a 429 puts the Spot in cooldown", fails(new InviteError.RateLimited({ liveId }))],
    ["an unknown Live is parked", fails(new InviteError.LiveNotFound({ liveId }))]
  ] as const)("%s before its invitation can be claimed again", ([, answer]) =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const claimed = yield* Ref.make<ReadonlyArray<Claiming.Call> | undefined>(undefined)
      const term = yield* Ref.make<number | undefined>(undefined)
      /** Another claim of the dispatcher follows each settlement at once. */
      const raced = Inbox.Inbox.of({
        ...inbox,
        claim: (options) => Effect.andThen(Ref.set(term, options.term), inbox.claim(options)),
        settle: Effect.fnUntraced(function* (settlement) {
          const held = yield* inbox.settle(settlement)
          const options = { spot: "main", calls: 1, lease, term: yield* Ref.get(term) }
          const { calls } = yield* Effect.orDie(inbox.claim(options))
          yield* Ref.set(claimed, calls)
          return held
        })
      })
      const webhook = yield* store([alice])
      yield* start(dispatcher.pipe(Layer.provide(Layer.succeed(Inbox.Inbox, raced))))
      yield* eventually(Ref.get(claimed), (some) => some !== undefined)
      expect(yield* Ref.get(claimed)).toEqual([])
      yield* untilStatus(webhook, "pending")
    }).pipe(upstream(answer))
  )
})
