/** Changes as events within this process, for pages that show them live. Events contain no addresses. */
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import type { Event } from "@usher/model/Event"

/**
 * Publishes changes to the listeners of this process.
 *
 * @category services
 */
export class Events extends Context.Service<
  Events,
  {
    /** Publishes events. Call it after the commit. The function runs only if there are listeners. */
    readonly emit: (events: () => ReadonlyArray<Event>) => Effect.Effect<void>
    /** The events from now on. A slow listener misses the oldest events. */
    readonly all: Stream.Stream<Event>
  }
>()("@usher/engine/Events") {}

/** Events that are buffered for a slow listener. */
const capacity = 1_024

const make = Effect.map(PubSub.sliding<Event>(capacity), (events) => {
  let listeners = 0
  const listening = Effect.acquireRelease(
    Effect.sync(() => void listeners++),
    () => Effect.sync(() => void listeners--)
  )
  return Events.of({
    emit: (make) =>
      Effect.suspend(() =>
        listeners === 0 ? Effect.void : Effect.asVoid(PubSub.publishAll(events, make()))
      ),
    all: Stream.unwrap(Effect.as(listening, Stream.fromPubSub(events)))
  })
})

/**
 * Publishes events to listeners of this process.
 *
 * @category layers
 */
export const layer: Layer.Layer<Events> = Layer.effect(Events, make)

/**
 * Publishes nothing, for programs without listeners.
 *
 * @category layers
 */
export const layerNone: Layer.Layer<Events> = Layer.succeed(
  Events,
  Events.of({ emit: () => Effect.void, all: Stream.never })
)
