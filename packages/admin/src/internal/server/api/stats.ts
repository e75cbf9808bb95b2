import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import type * as Stats from "../../../Stats.ts"
import { Insight } from "@usher/engine"
import { unavailable } from "../problems.ts"

const millisOf = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** More points than a chart has room for. */
const mostPoints = 2_000

export const stats = HttpApiBuilder.group(
  Api.AdminApi,
  "stats",
  Effect.fnUntraced(function* (handlers) {
    const insight = yield* Insight.Insight

    return handlers
      .handle(
        "now",
        Effect.fnUntraced(function* () {
          const bySource = yield* insight.lastDay
          return { ...(yield* insight.standing), lastDay: sum([...bySource.values()]) }
        }, unavailable)
      )
      .handle(
        "series",
        Effect.fnUntraced(function* ({ query: { bucket, from, to = undefined, source } }) {
          const end = to ?? (yield* DateTime.now)
          const millis = millisOf[bucket]
          const first = Math.floor(DateTime.toEpochMillis(from) / millis) * millis
          const count = Math.ceil((DateTime.toEpochMillis(end) - first) / millis)
          if (count > mostPoints) {
            return yield* new Problem.Invalid({
              problems: [`from: that is ${count} buckets, ${mostPoints} are the most: take a longer bucket`]
            })
          }
          const points = yield* insight.series({ bucket, from, to: end, source })
          const known = new Map(points.map(({ at, counts }) => [DateTime.toEpochMillis(at), counts]))
          return Array.from({ length: Math.max(0, count) }, (_, index): Stats.Point => {
            const at = first + index * millis
            const counts = known.get(at)
            return Object.assign(
              { at: DateTime.makeUnsafe(at) },
              counts === undefined ? sum([]) : sum([counts])
            )
          })
        }, unavailable)
      )
  })
)

/** As they are named on the wire. */
const sum = (all: ReadonlyArray<Insight.Counts>): Stats.Counts => {
  const of = (name: keyof Insight.Counts) => all.reduce((total, counts) => total + counts[name], 0)
  return {
    accepted: of("accepted"),
    duplicates: of("duplicates"),
    mapped: of("mapped"),
    ignored: of("ignored"),
    unmappable: of("unmappable"),
    asked: of("asked"),
    invited: of("invited"),
    alreadyInvited: of("already_invited"),
    rejected: of("rejected"),
    exhausted: of("exhausted"),
    expired: of("expired"),
    retried: of("retried")
  }
}
