/**
 * Who dispatches for a Spot: one relay at a time, since the budget belongs to the key. To lead is no more than a right to
 * try: what a leader does is fenced by its number (`SpotControl.lead`), so one that was frozen can do no harm.
 */
import { Context, Effect, Layer } from "effect"
import { SpotControl } from "../ports/SpotControl.ts"
import { supervise } from "../runtime/supervise.ts"

/**
 * Decides which relay dispatches for a Spot.
 *
 * @category services
 */
export class Leadership extends Context.Service<
  Leadership,
  {
    /**
     * Runs the work whenever this relay leads the Spot, until another one does or the lead is lost; a failure is logged
     * and followed by another try. Never ends by itself.
     */
    readonly lead: <E, R>(
      spot: string,
      work: (epoch: number) => Effect.Effect<never, E, R>
    ) => Effect.Effect<never, never, R>
  }
>()("@usher/engine/Leadership") {}

/**
 * Leads every Spot, for a relay that has the database for itself. If two relays do so by mistake, the later one leads.
 *
 * @category layers
 */
export const layerAlone: Layer.Layer<Leadership, never, SpotControl> = Layer.effect(
  Leadership,
  Effect.map(SpotControl, (control) =>
    Leadership.of({
      lead: (spot, work) => supervise(`Dispatcher of Spot ${spot}`, Effect.flatMap(control.lead(spot), work))
    })
  )
)
