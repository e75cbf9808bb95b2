/**
 * Word that there is new work, so that loops can sleep without polling hard. A signal may be lost: whoever waits for one
 * looks again after a while all the same.
 */
import { Context, Effect, Layer, PubSub, type Scope } from "effect"

/**
 * `received`: a webhook waits for its mapping. `due`: an invitation may wait for its dispatcher.
 *
 * @category models
 */
export type Signal = "received" | "due"

/**
 * Tells loops that there is work for them.
 *
 * @category services
 */
export class Signals extends Context.Service<
  Signals,
  {
    /** Whether signals reach other processes. Relays that share a database go by the database's clock. */
    readonly isShared: boolean
    /** After the commit: whoever hears of work has to find it. Does not wait for anybody. */
    readonly publish: (signal: Signal) => Effect.Effect<void>
    /** From now on, to one kind; any number of them is heard as one by whoever did not listen meanwhile. */
    readonly subscribe: (signal: Signal) => Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>
  }
>()("@usher/engine/Signals") {}

const make = Effect.gen(function* () {
  const latest = PubSub.sliding<Signal>(1)
  const pubSubs = yield* Effect.all({ received: latest, due: latest })
  return Signals.of({
    isShared: false,
    publish: (signal) => Effect.asVoid(PubSub.publish(pubSubs[signal], signal)),
    subscribe: (signal) => PubSub.subscribe(pubSubs[signal])
  })
})

/**
 * Signals within this process. Enough where one process has the database for itself.
 *
 * @category layers
 */
export const layerLocal: Layer.Layer<Signals> = Layer.effect(Signals, make)
