/** Times that an act is bounded by: one in the future would mean everything, or nothing. */
import { DateTime, Effect } from "effect"
import { Problem } from "@usher/admin"

type Times = Readonly<Record<string, DateTime.Utc | undefined>>

/** What is wrong with these times by now, a sentence for each. */
export const wrongWith = (times: Times, now: DateTime.Utc): ReadonlyArray<string> => {
  const { from, to } = times
  const problems = Object.entries(times).flatMap(([name, time]) =>
    time !== undefined && DateTime.isGreaterThan(time, now)
      ? [`${name}: ${DateTime.formatIso(time)} is in the future`]
      : []
  )
  return problems.length === 0 && from !== undefined && to !== undefined && !DateTime.isLessThan(from, to)
    ? ["to: it is not after from, so that nothing is selected"]
    : problems
}

/** Refuses them where they are wrong. */
export const check = Effect.fnUntraced(function* (times: Times) {
  const problems = wrongWith(times, yield* DateTime.now)
  if (problems.length > 0) return yield* new Problem.Invalid({ problems })
})
