/** How many members a call may have after the upstream refused one as too large (413): half as many, and slowly more again. */
import { DateTime, Effect } from "effect"
import type { SpotControl } from "../ports/SpotControl.ts"
import type { Spot } from "./Spots.ts"

/** In milliseconds: after as long without a refusal, calls may have twice as many members. */
const growth = 60 * 60_000

export const growing = (control: SpotControl["Service"]) => {
  /** By Spot. It begins anew when the process does. */
  const growsAt = new Map<string, number>()

  const refused = Effect.fnUntraced(function* (spot: string, members: number, now: DateTime.Utc) {
    growsAt.set(spot, DateTime.toEpochMillis(now) + growth)
    yield* control.limitBatch(spot, members)
    yield* Effect.logWarning(
      `Spot ${spot} sends at most ${members} members in one call: the upstream refused more (413)`
    )
  })

  /** The upstream took a call, of whatever size: few go one by one while there is plenty of budget. */
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
