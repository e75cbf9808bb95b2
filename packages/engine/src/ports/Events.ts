/**
 * What changes, told within this process as it changes: for a page that shows it live. Without addresses.
 */
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import type { InvitationStatus } from "@usher/model/Invitation"
import type { WebhookStatus } from "@usher/model/Webhook"

/**
 * `changed`: so much happened that not all of it was told.
 *
 * @category models
 * @since 0.1.0
 */
export type Event =
  | {
      /** A webhook was received or mapped. */
      readonly type: "webhook"
      /** The id of the webhook. */
      readonly id: string
      /** The name of its source. */
      readonly source: string
      /** Its status after the change. */
      readonly status: WebhookStatus
    }
  | {
      /** An invitation was made, sent or ended. */
      readonly type: "invitation"
      /** The id of the invitation. */
      readonly id: string
      /** The name of its Spot. */
      readonly spot: string
      /** The Live that it is for. */
      readonly liveId: string
      /** Its status after the change. */
      readonly status: InvitationStatus
    }
  | {
      /** A Spot was held up, or goes on. */
      readonly type: "spot"
      /** The name of the Spot. */
      readonly spot: string
      /** Its state after the change. */
      readonly state: "active" | "cooldown" | "circuit_open" | "paused"
    }
  | {
      /** A source was paused, or resumed. */
      readonly type: "source"
      /** The name of the source. */
      readonly source: string
      /** Its state after the change. */
      readonly state: "active" | "paused"
    }
  | {
      /** A Live was parked, or goes on. */
      readonly type: "live"
      /** The name of the Spot. */
      readonly spot: string
      /** The Live. */
      readonly liveId: string
      /** Its state after the change. */
      readonly state: "parked" | "unparked"
    }
  | {
      /** A refused delivery was kept, released or discarded. */
      readonly type: "quarantine"
      /** The id of the delivery. */
      readonly id: string
      /** The name of its source. */
      readonly source: string
    }
  | {
      /** So much changed that not all of it was told. */
      readonly type: "changed"
      /** What to read again. */
      readonly what: "everything"
    }

/**
 * Emits what changes to the listeners of this process.
 *
 * @category services
 * @since 0.1.0
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
 * @since 0.1.0
 */
export const layer: Layer.Layer<Events> = Layer.effect(Events, make)

/**
 * Emits nothing: for programs in which nobody listens.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerNone: Layer.Layer<Events> = Layer.succeed(
  Events,
  Events.of({ tell: () => Effect.void, all: Stream.never })
)
