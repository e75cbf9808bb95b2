/**
 * Leadership of Spots: one relay at a time dispatches for a Spot, because the budget belongs to its key. The term
 * (`SpotControl.lead`) fences every write of a leader, so a relay that was frozen does no harm.
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
     * Runs the work whenever this relay leads the Spot, until it loses leadership. Logs failures and retries. Never
     * ends.
     */
    readonly lead: <E, R>(
      spot: string,
      work: (term: number) => Effect.Effect<never, E, R>
    ) => Effect.Effect<never, never, R>
  }
>()("@usher/engine/Leadership") {}

/**
 * Leads every Spot, for a relay that does not share its database. If two relays use it by mistake, the later one leads.
 *
 * @category layers
 */
export const layerAlone: Layer.Layer<Leadership, never, SpotControl> = Layer.effect(
  Leadership,
  Effect.map(SpotControl, (control) =>
    Leadership.of({
      lead: (spot, work) =>
        supervise(`Dispatcher of Spot ${spot}`, Effect.flatMap(control.acquireLeadership(spot), work))
    })
  )
)
