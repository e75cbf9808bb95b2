/**
 * Checks of the times in a request: a time in the future would select everything or nothing.
 */
import { DateTime, Effect } from "effect"
import * as Problem from "./Problem.ts"

/**
 * Times by field name. `from` and `to` are the ends of a period.
 *
 * @category models
 */
export type Times = Readonly<Record<string, DateTime.Utc | undefined>>

/**
 * One sentence for each invalid time, as of now.
 *
 * @category accessors
 */
export const wrongWith = (times: Times, now: DateTime.Utc): ReadonlyArray<string> => {
  const { from, to } = times
  const problems = Object.entries(times).flatMap(([name, time]) =>
    time !== undefined && DateTime.isGreaterThan(time, now)
      ? [`${name}: ${DateTime.formatIso(time)} is in the future`]
      : []
  )
  return problems.length === 0 && from !== undefined && to !== undefined && !DateTime.isLessThan(from, to)
    ? ["to: it must be after from"]
    : problems
}

/**
 * Fails with `Invalid` when a time is wrong.
 *
 * @category combinators
 */
export const check = Effect.fnUntraced(function* (times: Times) {
  const problems = wrongWith(times, yield* DateTime.now)
  if (problems.length > 0) return yield* new Problem.Invalid({ problems })
})

/**
 * Fails with `Invalid` when a time of a selection is wrong.
 *
 * @category combinators
 */
export const ofSelection = ({
  from,
  to
}: {
  readonly from?: DateTime.Utc | undefined
  readonly to?: DateTime.Utc | undefined
}): ReturnType<typeof check> => check({ from, to })
