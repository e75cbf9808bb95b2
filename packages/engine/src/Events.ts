/**
 * What changes, told within this process as it changes: for a page that shows it live. Without addresses.
 */
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import type { InvitationStatus } from "./Dispatch.ts"
import type { WebhookStatus } from "./Webhook.ts"

/**
 * `changed`: so much happened that not all of it was told.
 *
 * @category models
 * @since 0.1.0
 */
export type Event =
  | {
      readonly type: "webhook"
      readonly id: string
      readonly source: string
      readonly status: WebhookStatus
    }
  | {
      readonly type: "invitation"
      readonly id: string
      readonly spot: string
      readonly liveId: string
      readonly status: InvitationStatus
    }
  | {
      readonly type: "spot"
      readonly spot: string
      readonly state: "active" | "cooldown" | "circuit_open" | "paused"
    }
  | { readonly type: "source"; readonly source: string; readonly state: "active" | "paused" }
  | {
      readonly type: "live"
      readonly spot: string
      readonly liveId: string
      readonly state: "parked" | "unparked"
    }
  | { readonly type: "quarantine"; readonly id: string; readonly source: string }
  | { readonly type: "changed"; readonly what: "everything" }

interface Shape {
  /** After the commit. While nobody listens, not even the events are made. */
  readonly tell: (events: () => ReadonlyArray<Event>) => Effect.Effect<void>
  /** From when it is run. Who is slower than what happens misses the oldest. */
  readonly all: Stream.Stream<Event>
}

/** How many wait for a listener that is slow. */
const capacity = 1_024

const make = Effect.map(PubSub.sliding<Event>(capacity), (events): Shape => {
  let listeners = 0
  const listening = Effect.acquireRelease(
    Effect.sync(() => void listeners++),
    () => Effect.sync(() => void listeners--)
  )
  return {
    tell: (make) =>
      Effect.suspend(() =>
        listeners === 0 ? Effect.void : Effect.asVoid(PubSub.publishAll(events, make()))
      ),
    all: Stream.unwrap(Effect.as(listening, Stream.fromPubSub(events)))
  }
})

/**
 * Told to nobody, unless a layer is there.
 *
 * @category services
 * @since 0.1.0
 */
export const Events = Context.Reference<Shape>("@usher/engine/Events", {
  defaultValue: () => ({ tell: () => Effect.void, all: Stream.never })
})

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.effect(Events, make)
