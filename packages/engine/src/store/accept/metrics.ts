/** Webhooks that were stored beside another one with the same delivery id and another body. */
import { Effect } from "effect"
import { counter, series } from "../../runtime/series.ts"

const reused = counter(
  "usher_webhooks_reused_id_total",
  "Webhooks that were stored although another one with their delivery id was there, since their body is another one"
)

export const repeating = Effect.map(series(reused, "source"), (add) => (source: string) => add(1, source))

export type Repeated = Effect.Success<typeof repeating>
