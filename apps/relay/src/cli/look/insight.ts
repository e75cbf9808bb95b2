/** `usher stats` and `usher dead-letters`: the relay's figures, and invitations that ended without success. */
import { DateTime, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import type { Stats } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { present } from "../support/filters.ts"
import { listing, print, time } from "../support/print.ts"
import { table } from "../support/table.ts"
import { timeFlag } from "../support/timeFlag.ts"

export const stats = Command.make(
  "stats",
  {
    bucket: Flag.Literals("by", ["minute", "hour", "day"]).pipe(
      Flag.optional,
      Flag.withDescription("Count over time; minutes are kept for two days")
    ),
    from: timeFlag("from", "With --by: start of the period. Default: a day ago").pipe(Flag.optional),
    source: Flag.String("source").pipe(Flag.optional, Flag.withDescription("With --by, of this source only")),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ bucket, from, source, json }) {
    const client = yield* AdminClient
    if (Option.isNone(bucket)) {
      const now = yield* client.stats.now()
      return yield* print(json, now, () => standing(now))
    }
    const yesterday = DateTime.subtract(yield* DateTime.now, { days: 1 })
    const since = Option.getOrElse(from, () => yesterday)
    const points = yield* client.stats.series({
      query: { bucket: bucket.value, from: since, ...present({ source }) }
    })
    yield* print(json, points, () => table(["Since", ...names.map(([, name]) => name)], points.map(row)))
  })
).pipe(
  Command.withDescription("How things stand, and what was counted in the last day; or, with --by, over time"),
  Command.withExamples([
    { command: "usher stats --by hour --from '2 days'", description: "Two days, hour by hour" }
  ]),
  withAccess
)

const names: ReadonlyArray<readonly [keyof Stats.Counts, string]> = [
  ["accepted", "Accepted"],
  ["duplicates", "Again"],
  ["mapped", "Mapped"],
  ["ignored", "Ignored"],
  ["unmappable", "Unmappable"],
  ["asked", "Asked"],
  ["invited", "Invited"],
  ["alreadyInvited", "Already"],
  ["rejected", "Rejected"],
  ["exhausted", "Exhausted"],
  ["expired", "Expired"],
  ["retried", "Retried"]
]

const row = (point: Stats.Point) => [time(point.at), ...names.map(([field]) => point[field])]

const standing = (now: Stats.Now): string =>
  [
    table(
      ["Now", ""],
      [
        ["Webhooks that wait for their mapping", now.waitingWebhooks],
        ["since", time(now.oldestReceived)],
        ["Invitations that wait to be sent", now.waitingInvitations],
        ["due since", time(now.oldestDue)],
        ["Dead letters", now.deadLetters],
        ["Webhooks that could not be mapped", now.unmappable],
        ["Deliveries in quarantine", now.quarantined]
      ]
    ),
    "",
    table(
      ["Last 24 hours", ""],
      names.map(([field, name]) => [name, now.lastDay[field]])
    )
  ].join("\n")

export const deadLetters = Command.make(
  "dead-letters",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.deadLetters.list()
    yield* print(json, found, () =>
      listing(
        ["How many", "Status", "Error", "Spot", "Live", "The newest"],
        found.map(({ count, status, error, spot, liveId, newestId }) => [
          count,
          status,
          error ?? "",
          spot,
          liveId,
          newestId
        ]),
        "There are no dead letters."
      )
    )
  })
).pipe(
  Command.withDescription(
    "Invitations that ended without success, by cause, the most first: usher invitations show tells more of the newest, usher replay sends them again"
  ),
  Command.withShortDescription("Invitations that ended without success, by cause"),
  withAccess
)
