/** What became of stored webhooks. */
import { Effect } from "effect"
import { counter, series } from "../runtime/series.ts"

const mapped = counter("usher_webhooks_mapped_total", "Webhooks that were mapped, by what became of them")

export const mapping = Effect.map(series(mapped, "source", "status"), (add) => ({
  mapped: (source: string, status: "mapped" | "ignored" | "unmappable") => add(1, source, status)
}))
