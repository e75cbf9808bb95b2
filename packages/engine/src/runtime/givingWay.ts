/** Background work sleeps up to 49 times its length under load, so that senders get answers: docs/decisions/0008-background-throttling.md */
import { Duration, Effect, PubSub } from "effect"
import { Inbox } from "../ports/Inbox.ts"
import { EventLoop, utilization } from "./EventLoop.ts"

/** Up to this share of its time the event loop has enough left. */
const relaxed = 0.5

/** When it has nothing left, work is followed by a rest of so many times its length. */
const mostRests = 49

/** Milliseconds. Where each commit waits long for its disk, the event loop has nothing left soon. */
const longestRest = 500

/** For a loop: what it does to leave time to deliveries while they come in. */
export const givingWay = Effect.gen(function* () {
  const received = yield* (yield* Inbox).signals("received")
  let isBusy = false
  const read = yield* EventLoop
  let usage = read()

  return {
    /** Whether deliveries came while it worked the last time. */
    isBusy: () => isBusy,

    /** Works, then rests by how long that took, or by so many times as long. */
    withRest: Effect.fnUntraced(function* <A, E, R>(work: Effect.Effect<A, E, R>, times = 1) {
      const [took, value] = yield* Effect.timed(work)
      isBusy = (yield* PubSub.takeUpTo(received, Infinity)).length > 0
      const before = usage
      usage = read()
      const load = utilization(before, usage)
      const rest = (Duration.toMillis(took) * times * mostRests * (load - relaxed)) / (1 - relaxed)
      if (isBusy && rest >= 1) yield* Effect.sleep(Math.min(longestRest, rest))
      return value
    })
  }
})
