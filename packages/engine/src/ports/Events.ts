/**
 * What changes, told within this process as it changes: for a page that shows it live. Without addresses.
 */
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import type { Event } from "@usher/model/Event"

/**
 * Emits what changes to the listeners of this process.
 *
 * @category services
 */
export class Events extends Context.Service<
  Events,
  {
    /** Call it after the commit. While nobody listens, not even the events are made. */
    readonly tell: (events: () => ReadonlyArray<Event>) => Effect.Effect<void>
    /** Emits from when it is run. A listener that is too slow misses the oldest events. */
    readonly all: Stream.Stream<Event>
  }
>()("@usher/engine/Events") {}

/** How many wait for a listener that is slow. */
const capacity = 1_024

const make = Effect.map(PubSub.sliding<Event>(capacity), (events) => {
  let listeners = 0
  const listening = Effect.acquireRelease(
    Effect.sync(() => void listeners++),
    () => Effect.sync(() => void listeners--)
  )
  return Events.of({
    tell: (make) =>
      Effect.suspend(() =>
        listeners === 0 ? Effect.void : Effect.asVoid(PubSub.publishAll(events, make()))
      ),
    all: Stream.unwrap(Effect.as(listening, Stream.fromPubSub(events)))
  })
})

/**
 * Emits events to listeners of this process.
 *
 * @category layers
 */
export const layer: Layer.Layer<Events> = Layer.effect(Events, make)

/**
 * Emits nothing: for programs in which nobody listens.
 *
 * @category layers
 */
export const layerNone: Layer.Layer<Events> = Layer.succeed(
  Events,
  Events.of({ tell: () => Effect.void, all: Stream.never })
)
