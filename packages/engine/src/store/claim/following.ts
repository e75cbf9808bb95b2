/** Follows the clock of a Spot from claim to claim, and corrects the stored times if the clock was changed. */
import { Effect } from "effect"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import { wasSet } from "../../runtime/clockJump.ts"
import type { Store } from "../rows/store.ts"
import { type Reading, setBy, type Timeline, timelinesOf, tolerance } from "../rows/timeline.ts"
import { transaction } from "../rows/transaction.ts"
import { retiming } from "./retiming.ts"

/** Assumes that the clock was read halfway between the two moments. */
const offsetOf = ({ now, from, to }: Reading) => now - (from + to) / 2

export const following = ({ sql, isDatabaseClock }: Pick<Store, "sql" | "isDatabaseClock">) => {
  const timelines = timelinesOf(sql)
  const { clamp, renew, shift } = retiming(sql)

  const retime = (options: ClaimOptions, reading: Reading, by: number, timeline: Timeline | undefined) =>
    Effect.gen(function* () {
      const { spot, term, budget } = options
      const now = Math.round(reading.now)
      if (by !== 0) yield* shift(spot, by)
      if (timeline?.term !== term || timeline === undefined) yield* clamp(options, now)
      if (timeline === undefined && budget !== undefined && !isDatabaseClock) yield* renew(spot, budget, now)
      // Before the commit, so that settlements after it use the new time.
      timelines.set(spot, { term, offset: offsetOf(reading) })
    })

  const timeBy = (timeline: Timeline, reading: Reading): number => {
    if (!isDatabaseClock) return Math.round(reading.to + timeline.offset)
    // Exactly the server's time, which the other relays use. The offset is for rows that are stored between claims.
    if (reading.to - reading.from < tolerance / 2) timeline.offset = offsetOf(reading)
    return reading.now
  }

  /** Whether this relay led the Spot last: in this term, or in the previous one, which it renewed. */
  const isOwn = (timeline: Timeline, term: number | undefined): boolean =>
    timeline.term === term ||
    (!isDatabaseClock && term !== undefined && timeline.term !== undefined && timeline.term + 1 === term)

  return {
    /** The present time of the Spot; undefined if its stored times were just corrected. `open` locks the Spot. */
    timeOf: Effect.fnUntraced(function* <E>(
      options: ClaimOptions,
      reading: Reading,
      open: Effect.Effect<unknown, E>
    ) {
      const { spot, term } = options
      const known = timelines.get(spot)
      // If another relay has led the Spot since, the stored times follow its clock.
      const timeline = known !== undefined && isOwn(known, term) ? known : undefined
      const by = timeline === undefined ? 0 : setBy(timeline, reading)
      if (timeline !== undefined && timeline.term === term && by === 0) return timeBy(timeline, reading)
      yield* open.pipe(
        Effect.andThen(retime(options, reading, by, timeline)),
        transaction(sql),
        Effect.onError(() =>
          Effect.sync(() => (known === undefined ? timelines.delete(spot) : timelines.set(spot, known)))
        )
      )
      if (by !== 0 && isDatabaseClock)
        yield* Effect.logWarning(`Spot ${spot}: the clock of the database server was ${wasSet(by)}`)
      return
    }),

    /** The time of the Spot for readers. It does not correct the stored times, which only the dispatcher may do. */
    glance: (spot: string, { now, to }: Reading): number => {
      const timeline = timelines.get(spot)
      return timeline === undefined || isDatabaseClock ? now : Math.round(to + timeline.offset)
    },

    /** The same as `timeOf` within a transaction; undefined if the stored times have to be corrected first. */
    steadyTimeOf: ({ spot, term }: ClaimOptions, reading: Reading): number | undefined => {
      const timeline = timelines.get(spot)
      return timeline !== undefined && timeline.term === term && setBy(timeline, reading) === 0
        ? timeBy(timeline, reading)
        : undefined
    }
  }
}
