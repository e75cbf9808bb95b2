/** Derives the concerns of a relay from facts about it. Pure, so that each rule can be read and tested alone. */
import type { DateTime } from "effect"
import type { Queue } from "@usher/model/Backlog"
import { type Concern, Kind, Urgency } from "@usher/model/Concern"
import type { ParkedLive } from "@usher/model/Spot"
import type { Paused } from "../ports/SourcePauses.ts"
import type { Failures } from "../store/reporting/failures.ts"
import { failuresOf } from "./concerns/failures.ts"
import { mappingBacklogOf, pauseOf, refusalsOf, silenceOf } from "./concerns/sources.ts"
import { budgetOf, holdOf, parkedOf, type SpotFacts } from "./concerns/spots.ts"
import type { Pace } from "./pace.ts"

/** What the concerns are derived from. */
export interface Facts {
  readonly now: DateTime.Utc
  readonly spots: ReadonlyArray<SpotFacts>
  readonly parked: ReadonlyArray<ParkedLive>
  /** Paused and resuming sources. */
  readonly pauses: ReadonlyArray<Paused>
  /** The configured sources. */
  readonly paces: ReadonlyArray<Pace>
  /** Webhooks that are not mapped yet. */
  readonly received: Queue
  readonly failures: Failures
}

/** Every concern, the most urgent first, and of the same urgency in the order of the kinds. */
export const concernsOf = (facts: Facts): ReadonlyArray<Concern> => {
  const { now, spots, parked, pauses, paces, received, failures } = facts
  const found = [
    ...spots.flatMap((spot) => {
      const hold = holdOf(spot)
      // A Spot that is held does not wait for its budget.
      return hold === undefined ? budgetOf(spot, now) : [hold]
    }),
    ...spots.flatMap((spot) => parkedOf(spot, parked, now)),
    ...pauses.map(pauseOf),
    ...paces.flatMap((pace) => silenceOf(pace, now)),
    ...paces.flatMap((pace) => refusalsOf(pace, now)),
    ...mappingBacklogOf(received, now),
    ...failuresOf(failures)
  ]
  return found.toSorted(
    (one, other) =>
      Urgency.literals.indexOf(one.urgency) - Urgency.literals.indexOf(other.urgency) ||
      Kind.literals.indexOf(one.kind) - Kind.literals.indexOf(other.kind)
  )
}
