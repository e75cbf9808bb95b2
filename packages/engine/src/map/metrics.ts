/** Counts webhooks that were mapped, by source. */
import { Effect } from "effect"
import { counter, series } from "../runtime/series.ts"

const mapped = counter("usher_webhooks_mapped_total", "Webhooks that were mapped, by new status")

export const mapping = Effect.map(series(mapped, "source", "status"), (add) => ({
  /** Starts each series at zero, or its first increase would be invisible. */
  begin: (source: string) => {
    for (const status of ["mapped", "ignored", "unmappable"]) add(0, source, status)
  },
  mapped: (source: string, status: string) => add(1, source, status)
}))
