/** The response times of this relay, from its own metrics. */
import { Effect, Metric } from "effect"

/** The slowest response for each source since the start, in milliseconds. */
export const slowest: Effect.Effect<ReadonlyMap<string, number>> = Effect.map(Metric.snapshot, (all) => {
  const found = new Map<string, number>()
  for (const one of all) {
    if (one.type !== "Histogram" || one.id !== "usher_webhook_answer_seconds" || one.state.count === 0)
      continue
    const { source } = Object(one.attributes)
    if (typeof source === "string") found.set(source, one.state.max * 1_000)
  }
  return found
})
