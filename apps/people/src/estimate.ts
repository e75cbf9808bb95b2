/** Estimates the calls and the time of an import. */
import { DateTime, Duration } from "effect"
import type { Budget } from "@usher/admin"
import * as Calls from "@usher/model/Calls"

/** Includes the time for the current backlog, under the budget that is left. */
export const estimate = (people: number, budget: Budget.SpotBudget | undefined, now: DateTime.Utc) => {
  if (people === 0) return { calls: 0, backlog: budget?.backlog ?? 0, durationMs: 0 }
  const calls = Calls.count([people], budget?.batchSize ?? Calls.documented.batchSize)
  const limits =
    budget?.windows.map(({ calls, windowMs }) => ({ calls, window: Duration.millis(windowMs) })) ?? []
  const before =
    budget?.clearAt == null
      ? 0
      : Math.max(0, DateTime.toEpochMillis(budget.clearAt) - DateTime.toEpochMillis(now))
  return {
    calls,
    backlog: budget?.backlog ?? 0,
    durationMs: before + Duration.toMillis(Calls.duration(calls, limits))
  }
}
