/**
 * Starts the counters of every source and Spot at zero. Prometheus takes the first value of a series as its start, so it
 * would not see the first failure.
 */
import { Effect } from "effect"
import { begin as beginDispatching } from "../dispatch/metrics.ts"
import { mapping } from "../map/metrics.ts"
import { begin as beginReceiving } from "../receive/metrics.ts"
import type { Source } from "../source/Source.ts"
import { quarantining } from "../store/quarantine/metrics.ts"

export const firstSeries = Effect.gen(function* () {
  const beginSource = yield* beginReceiving
  const { begin: beginMapping } = yield* mapping
  const { begin: beginQuarantine } = yield* quarantining
  const beginSpot = yield* beginDispatching
  /** The sources and Spots that have begun. */
  const sources = new Set<string>()
  const spots = new Set<string>()

  return {
    ofSource: (source: Source) => {
      if (sources.has(source.name)) return
      sources.add(source.name)
      beginSource(source)
      beginMapping(source.name)
      beginQuarantine(source.name)
    },
    ofSpot: (spot: string) => {
      if (spots.has(spot)) return
      spots.add(spot)
      beginSpot(spot)
    }
  }
})
