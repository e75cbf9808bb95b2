/** Counts refused deliveries that the quarantine deleted, or did not keep, because of its bounds. */
import { Effect } from "effect"
import { counter, series } from "../../runtime/series.ts"

const evicted = counter(
  "usher_quarantine_evicted_total",
  "Refused webhooks that were deleted from quarantine, by the exceeded bound"
)

const notKept = counter(
  "usher_quarantine_not_kept_total",
  "Refused webhooks that were not kept in quarantine, by the exceeded bound"
)

/** A bound of the quarantine. */
export type Bound = "deliveries" | "size" | "age" | "perMinute"

export const quarantining = Effect.gen(function* () {
  const addEvicted = yield* series(evicted, "source", "reason")
  const addNotKept = yield* series(notKept, "source", "reason")
  return {
    /** Starts each series at zero, or its first increase would be invisible. */
    begin: (source: string) => {
      for (const bound of ["deliveries", "size", "age"]) addEvicted(0, source, bound)
      for (const bound of ["size", "perMinute"]) addNotKept(0, source, bound)
    },
    evicted: (source: string, bound: Bound, count = 1) => addEvicted(count, source, bound),
    notKept: (source: string, bound: Bound) => addNotKept(1, source, bound)
  }
})
