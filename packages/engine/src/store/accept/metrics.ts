/** Counts webhooks that reuse the delivery id of another one with another body. */
import { Effect } from "effect"
import { counter, series } from "../../runtime/series.ts"

const reused = counter(
  "usher_webhooks_reused_id_total",
  "Webhooks with the delivery id of an earlier one, stored because their bodies differ"
)

export const repeating = Effect.map(series(reused, "source"), (add) => (source: string) => add(1, source))

export type Repeated = Effect.Success<typeof repeating>
