/** Dispatchers that claim in the mapping transaction. */
import { Effect } from "effect"
import type { Claimer } from "../../ports/Claiming.ts"
import { maxRowsPerStep } from "../rows/store.ts"
import type { Item } from "./Item.ts"

export const claimers = () => {
  const bySpot = new Map<string, Claimer>()
  return {
    /** Registers a dispatcher until the scope closes. */
    add: (claimer: Claimer) =>
      Effect.acquireRelease(
        Effect.sync(() => void bySpot.set(claimer.spot, claimer)),
        () =>
          Effect.sync(() => {
            if (bySpot.get(claimer.spot) === claimer) bySpot.delete(claimer.spot)
          })
      ),

    /**
     * Only for a single webhook with few people. If many webhooks are mapped together, one separate claim serves them
     * all.
     */
    of: ([item, ...others]: ReadonlyArray<Item>): Claimer | undefined =>
      item !== undefined &&
      others.length === 0 &&
      item.mapped.status === "mapped" &&
      item.mapped.invitations.length > 0 &&
      item.mapped.invitations.length <= maxRowsPerStep
        ? bySpot.get(item.terms.spot)
        : undefined
  }
}

export type Claimers = ReturnType<typeof claimers>
