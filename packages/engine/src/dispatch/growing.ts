/**
 * Limits the members of a call after the upstream refused one as too large (413): half as many, and then slowly more
 * again.
 */
import { DateTime, Effect } from "effect"
import type { SpotControl } from "../ports/SpotControl.ts"
import type { Spot } from "./Spots.ts"

/** In milliseconds: after this time without a refusal, the batch size doubles. */
const growth = 60 * 60_000

export const growing = (control: SpotControl["Service"]) => {
  /** By Spot. Starts empty with the process. */
  const growsAt = new Map<string, number>()

  const refused = Effect.fnUntraced(function* (spot: string, members: number, now: DateTime.Utc) {
    growsAt.set(spot, DateTime.toEpochMillis(now) + growth)
    yield* control.limitBatch(spot, members)
    yield* Effect.logWarning(
      `Spot ${spot} sends at most ${members} members in one call: MeltingSpot refused more (413)`
    )
  })

  /** The upstream accepted a call of any size: calls may be small while the budget has plenty of room. */
  const answered = Effect.fnUntraced(function* ({ name, batchSize }: Spot, now: DateTime.Utc) {
    const time = DateTime.toEpochMillis(now)
    const due = growsAt.get(name)
    if (due !== undefined && due > time) return
    growsAt.set(name, time + growth)
    if (due === undefined) return
    const most = yield* control.growBatch(name, batchSize)
    if (most !== undefined)
      yield* Effect.logInfo(`Spot ${name}: trying up to ${most} members in one call again`)
  })

  return { refused, answered }
}
