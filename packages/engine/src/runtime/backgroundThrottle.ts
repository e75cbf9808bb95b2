/**
 * Throttles background work: under load, it sleeps up to 49 times its length, so that senders get their responses.
 * docs/decisions/0008-background-throttling.md
 */
import { Duration, Effect, PubSub } from "effect"
import { Inbox } from "../ports/Inbox.ts"
import { EventLoop, utilization } from "./EventLoop.ts"

/** Up to this utilization, the event loop has enough time left. */
const freeLoad = 0.5

/** The longest sleep, as a multiple of the work, at full utilization. */
const maxPauseRatio = 49

/** In milliseconds. If each commit waits long for its disk, the event loop soon has no time left. */
const maxPause = 500

/** Throttles a loop while deliveries arrive. */
export const backgroundThrottle = Effect.gen(function* () {
  const received = yield* (yield* Inbox).signals("received")
  let isBusy = false
  const read = yield* EventLoop
  let usage = read()

  return {
    /** Whether deliveries arrived during the last work. */
    isBusy: () => isBusy,

    /** Works, and then sleeps in proportion to the time of the work, times `times`. */
    throttled: Effect.fnUntraced(function* <A, E, R>(work: Effect.Effect<A, E, R>, times = 1) {
      const [took, value] = yield* Effect.timed(work)
      isBusy = (yield* PubSub.takeUpTo(received, Infinity)).length > 0
      const before = usage
      usage = read()
      const load = utilization(before, usage)
      const rest = (Duration.toMillis(took) * times * maxPauseRatio * (load - freeLoad)) / (1 - freeLoad)
      if (isBusy && rest >= 1) yield* Effect.sleep(Math.min(maxPause, rest))
      return value
    })
  }
})
