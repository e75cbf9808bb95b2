/**
 * Word that there is new work, so that loops can sleep without polling hard. A signal may be lost: whoever waits for one
 * looks again after a while all the same.
 */
import { Context, Effect, Layer, PubSub, type Scope } from "effect"

/**
 * `received`: a webhook waits for its mapping. `due`: an invitation may wait for its dispatcher.
 *
 * @category models
 * @since 0.1.0
 */
export type Signal = "received" | "due"

/**
 * @category services
 * @since 0.1.0
 */
export class Signals extends Context.Service<
  Signals,
  {
    /** After the commit: whoever hears of work has to find it. Does not wait for anybody. */
    readonly publish: (signal: Signal) => Effect.Effect<void>
    /** From now on. */
    readonly subscribe: Effect.Effect<PubSub.Subscription<Signal>, never, Scope.Scope>
  }
>()("@usher/engine/Signals") {
  /** Within this process: all there is to tell, where one process has the database. */
  static readonly layerLocal: Layer.Layer<Signals> = Layer.effect(
    this,
    Effect.map(PubSub.sliding<Signal>(16), (signals) =>
      Signals.of({
        publish: (signal) => Effect.asVoid(PubSub.publish(signals, signal)),
        subscribe: PubSub.subscribe(signals)
      })
    )
  )
}
