/** Sends due invitations and settles each call, with one loop for each Spot that this relay leads. */
import {
  Clock,
  DateTime,
  Duration,
  Effect,
  FiberMap,
  FiberSet,
  Layer,
  Option,
  PubSub,
  Semaphore,
  Stream,
  SubscriptionRef
} from "effect"
import { CircuitBreaker } from "effect/persistence"
import type { Claimed, Claimer, ClaimOptions } from "../ports/Claiming.ts"
import { Inbox } from "../ports/Inbox.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { backgroundThrottle } from "../runtime/backgroundThrottle.ts"
import { monotonic, steadyClock } from "../runtime/monotonic.ts"
import { working } from "../runtime/supervise.ts"
import { breaking } from "./breaking.ts"
import { calling } from "./calling.ts"
import { type Keeper, keeping } from "./keeping.ts"
import { Leadership } from "./Leadership.ts"
import { leadershipMetrics } from "./leadershipMetrics.ts"
import { Splitting } from "./splitting.ts"
import { type Spot, Spots } from "./Spots.ts"

/**
 * Options of the dispatcher.
 *
 * @category options
 */
export interface Options {
  /** How long running calls may continue and answers be stored after the relay stops. Default: 5 seconds. */
  readonly grace?: Duration.Input | undefined
}

/** A database that disappears without closing its connections sends neither an answer nor an error. */
const claimTimeout = Duration.seconds(10)

/** How long running calls may continue and answers be stored after the relay stops. */
const grace = Duration.seconds(5)

/** The wait while so many answers are kept in memory that the relay claims nothing. */
const keptWait = Duration.seconds(1)

/** How long a claim waits for further free slots, so that one claim fills several. */
const gatherCapacity = Duration.millis(5)

/** Event loop time of calls, as a multiple of the time of their claim. The relay also sends, reads and settles them. */
const pausePerClaim = 3

/** The longest sleep. The loop finds work of other processes after this time even if a signal was lost. */
const maxPollInterval = Duration.seconds(30)

/**
 * Dispatches while the layer exists, and follows the Spots as they are replaced. On shutdown, running calls may finish
 * within the grace period, and answers that the database did not take are stored. Unfinished calls are given back and
 * sent again later.
 *
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<never, never, Inbox | Spots | SpotControl | Leadership> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { present } = yield* Spots
      const leadership = yield* Leadership
      const granted = options.grace ?? grace
      const keeper = yield* keeping(granted)
      const dispatch = yield* dispatching(granted, keeper)
      const fibers = yield* FiberMap.make<string>()
      const dispatched = new Map<string, Spot>()
      const { lost } = yield* leadershipMetrics

      const follow = Effect.fnUntraced(function* (spots: ReadonlyMap<string, Spot>) {
        for (const [name, spot] of dispatched) {
          if (spots.get(name) === spot) continue
          yield* FiberMap.remove(fibers, name)
          dispatched.delete(name)
        }
        for (const [name, spot] of spots) {
          if (dispatched.has(name)) continue
          dispatched.set(name, spot)
          lost(name)
          keeper.count(name)
          yield* FiberMap.run(
            fibers,
            name,
            leadership.lead(name, (term) => dispatch(spot, term))
          )
        }
      })
      yield* Effect.forkScoped(Stream.runForEach(SubscriptionRef.changes(present), follow))
      yield* Effect.addFinalizer(() => keeper.stopping)
    })
  ).pipe(Layer.provide(layerCircuits))

/** Circuits use the monotonic clock: changes of the system clock neither open nor close them. */
const layerCircuits = Layer.effect(
  CircuitBreaker.CircuitBreakerStore,
  Effect.map(CircuitBreaker.CircuitBreakerStore, ({ admit, record, state }) => {
    const steady = <A, E, R>(self: Effect.Effect<A, E, R>) =>
      Clock.clockWith((clock) => Effect.provideService(self, Clock.Clock, steadyClock(clock)))
    return CircuitBreaker.CircuitBreakerStore.of({
      admit: (key) => steady(admit(key)),
      record: (result) => steady(record(result)),
      state: (key) => steady(state(key))
    })
  })
).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))

/** Makes the loop of one Spot. It runs while this relay leads the Spot in this term. */
const dispatching = Effect.fnUntraced(function* (granted: Duration.Input, keeper: Keeper) {
  const inbox = yield* Inbox
  const breaker = yield* breaking
  const splitting = new Splitting()
  const call = yield* calling(breaker, keeper, splitting)

  return (spot: Spot, term: number) =>
    Effect.scoped(
      Effect.gen(function* () {
        yield* breaker.leading(spot)
        splitting.forget(spot.name)
        const sizeOf = (liveId: string, now: number) => splitting.sizeOf(spot.name, liveId, now)
        const signals = yield* inbox.signals("due")
        const { throttled } = yield* backgroundThrottle
        const underWay = yield* FiberSet.make<void>()
        // A mapping can start a call. The call's trace still belongs to this dispatcher.
        const run = yield* FiberSet.runtime(underWay)()
        const capacity = yield* Semaphore.make(spot.concurrency)
        yield* Effect.addFinalizer(() =>
          Effect.timeoutOption(Effect.interruptible(FiberSet.awaitEmpty(underWay)), granted)
        )

        const { cap, maxRetryAfter = cap } = spot.retry
        const maxWait = Duration.max(cap, maxRetryAfter)
        const optionsFor = (most: number): ClaimOptions => ({
          ...spot,
          spot: spot.name,
          calls: most,
          term,
          maxWait,
          sizeOf,
          except: keeper.idsOf(spot.name)
        })
        const begin = ({ calls, isProbe }: Claimed, claimedAt: number) =>
          Effect.sync(() => {
            for (const one of calls) {
              run(capacity.withPermit(Effect.interruptible(call({ spot, claimedAt, isProbe }, one))))
            }
          })
        const send = Effect.fnUntraced(function* (most: number) {
          const claim = inbox.claim(optionsFor(most))
          // Taken before the claim, because the leases start in it and this process can freeze before it receives them.
          const claimedAt = yield* monotonic
          const claimed = yield* Effect.timeout(Effect.interruptible(claim), claimTimeout)
          yield* begin(claimed, claimedAt)
          return claimed
        }, Effect.uninterruptible)

        const free = Effect.map(FiberSet.size(underWay), (size) => spot.concurrency - size)

        const nap = Effect.fnUntraced(function* ({ next }: Pick<Claimed, "next">) {
          const now = yield* Clock.currentTimeMillis
          const wait =
            next === undefined
              ? maxPollInterval
              : Duration.millis(Math.max(1, DateTime.toEpochMillis(next) - now))
          yield* Effect.raceFirst(PubSub.take(signals), Effect.sleep(Duration.min(wait, maxPollInterval)))
        })

        /** Calls that end at almost the same time are followed by one claim, with one commit. */
        const some = Effect.andThen(
          capacity.withPermit(Effect.void),
          Effect.timeoutOption(
            capacity.withPermits(Math.ceil(spot.concurrency / 2))(Effect.void),
            gatherCapacity
          )
        )

        /** Only one at a time claims: the loop, or a mapping that also claims. */
        const deciding = yield* Semaphore.make(1)

        /** Claims. Returns what to do next. */
        const claimNext = Effect.gen(function* () {
          const most = yield* free
          const admission = yield* breaker.admits(spot, most, most === spot.concurrency)
          if (admission._tag === "Rest") return breaker.rest(spot.name, admission.duration)
          // The probe is under way.
          if (admission.most <= 0) return capacity.withPermits(spot.concurrency)(Effect.void)
          const claimed = yield* throttled(send(admission.most), pausePerClaim)
          yield* working
          return claimed.calls.length === 0 || claimed.isDrained ? nap(claimed) : Effect.void
        })

        const step = Effect.gen(function* () {
          if (keeper.isFull(spot.name)) return yield* Effect.sleep(keptWait)
          yield* some
          yield* Effect.flatten(deciding.withPermit(claimNext))
        })

        /** Undefined while an answer is kept in memory or the circuit is not closed. */
        const useful = Effect.gen(function* () {
          const most = yield* free
          const isUseful =
            most > 0 && keeper.idsOf(spot.name).length === 0 && (yield* breaker.isClosed(spot.name))
          return isUseful ? optionsFor(most) : undefined
        })

        const whileMapping: Claimer["whileMapping"] = (map) => {
          const claiming = Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const claimedAt = yield* monotonic
              const [mapped, claimed] = yield* restore(Effect.flatMap(useful, map))
              if (claimed !== undefined) yield* begin(claimed, claimedAt)
              return mapped
            })
          )
          return Effect.flatMap(
            deciding.withPermitsIfAvailable(1)(claiming),
            Option.match({
              onNone: () => Effect.map(map(undefined), ([mapped]) => mapped),
              onSome: Effect.succeed
            })
          )
        }

        // A mapping that also claims may have started before the end. Wait for its calls, too.
        yield* Effect.addFinalizer(() =>
          Effect.timeoutOption(Effect.interruptible(deciding.withPermit(Effect.void)), granted)
        )
        yield* inbox.claimsWhileMapping({ spot: spot.name, whileMapping })
        return yield* Effect.forever(step)
      })
    )
})
