/**
 * Signals of new work, so that loops need not poll often. A signal can be lost, so every loop also checks for work
 * after a while.
 */
import { Context, Effect, Layer, PubSub, type Scope } from "effect"

/**
 * `received`: a webhook waits for its mapping. `due`: an invitation may be due. `job`: a job has steps to do, or has ended.
 *
 * @category models
 */
export type Signal = "received" | "due" | "job"

/**
 * Wakes loops when there is new work.
 *
 * @category services
 */
export class Signals extends Context.Service<
  Signals,
  {
    /** Whether signals reach other processes. Relays that share a database use the database's clock. */
    readonly isShared: boolean
    /** Publishes a signal without waiting. Call it after the commit, so that listeners find the work. */
    readonly publish: (signal: Signal) => Effect.Effect<void>
    /** Subscribes to one kind of signal. Several missed signals count as one. */
    readonly subscribe: (signal: Signal) => Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>
  }
>()("@usher/engine/Signals") {}

const make = Effect.gen(function* () {
  const latest = PubSub.sliding<Signal>(1)
  const pubSubs = yield* Effect.all({ received: latest, due: latest, job: latest })
  return Signals.of({
    isShared: false,
    publish: (signal) => Effect.asVoid(PubSub.publish(pubSubs[signal], signal)),
    subscribe: (signal) => PubSub.subscribe(pubSubs[signal])
  })
})

/**
 * Signals within this process. Use it if only one process uses the database.
 *
 * @category layers
 */
export const layerLocal: Layer.Layer<Signals> = Layer.effect(Signals, make)
