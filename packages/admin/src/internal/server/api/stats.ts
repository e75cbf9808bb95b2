import { DateTime, Effect, Struct } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import type * as Stats from "../../../Stats.ts"
import { Concerns, Reporting } from "@usher/engine"
import { type Counts, none } from "@usher/model/Counts"
import { unavailable } from "../problems.ts"

const millisOf = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The maximum number of points in a response. */
const maxPoints = 2_000

export const stats = HttpApiBuilder.group(
  Api.AdminApi,
  "stats",
  Effect.fnUntraced(function* (handlers) {
    const insight = yield* Reporting.Reporting
    const concerns = yield* Concerns.Concerns

    return handlers
      .handle(
        "now",
        Effect.fnUntraced(function* () {
          const bySource = yield* insight.lastDay
          return {
            ...(yield* insight.snapshot),
            lastDay: sum([...bySource.values()]),
            concerns: yield* concerns.now
          }
        }, unavailable)
      )
      .handle(
        "series",
        Effect.fnUntraced(function* ({ query: { bucket, from, to = undefined, source } }) {
          const end = to ?? (yield* DateTime.now)
          const millis = millisOf[bucket]
          const first = Math.floor(DateTime.toEpochMillis(from) / millis) * millis
          const count = Math.ceil((DateTime.toEpochMillis(end) - first) / millis)
          if (count > maxPoints) {
            return yield* new Problem.Invalid({
              problems: [
                `from: the range has ${count} buckets, at most ${maxPoints} are allowed: use a longer bucket`
              ]
            })
          }
          const points = yield* insight.series({ bucket, from, to: end, source })
          const known = new Map(points.map(({ at, counts }) => [DateTime.toEpochMillis(at), counts]))
          return Array.from({ length: Math.max(0, count) }, (_, index): Stats.Point => {
            const at = first + index * millis
            return { at: DateTime.makeUnsafe(at), ...(known.get(at) ?? none) }
          })
        }, unavailable)
      )
  })
)

const sum = (all: ReadonlyArray<Counts>): Counts => {
  const total: Record<keyof Counts, number> = { ...none }
  for (const counts of all) for (const name of Struct.keys(none)) total[name] += counts[name]
  return total
}

export const deadLetters = HttpApiBuilder.group(Api.AdminApi, "deadLetters", (handlers) =>
  Effect.map(Reporting.Reporting, (insight) =>
    handlers.handle("list", () => unavailable(insight.deadLetters))
  )
)
