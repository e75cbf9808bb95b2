/** `usher stats` and `usher dead-letters`: the relay's counts, and its failed invitations. */
import { DateTime, Effect, Option, String as Str, Struct } from "effect"
import { Command, Flag } from "effect/cli"
import { Display, type Stats } from "@usher/admin"
import type { Concern } from "@usher/model/Concern"
import { isPartial, maxGrouped, maxGroups, none } from "@usher/model/Counts"
import { accessFlags, AdminClient, query, withReadAccess } from "../support/access.ts"
import { present } from "../support/filters.ts"
import { textFlag } from "../support/flags.ts"
import { capped, lines, listing, minute, print, time } from "../support/print.ts"
import { type Cells, table, wrap } from "../support/table.ts"
import { timeFlag } from "../support/timeFlag.ts"

export const stats = Command.make(
  "stats",
  {
    bucket: Flag.Literals("by", ["minute", "hour", "day"]).pipe(
      Flag.optional,
      Flag.withDescription("Show counts over time. Counts by minute are kept for two days")
    ),
    from: timeFlag("from", "With --by: the start. Default: a day ago").pipe(Flag.optional),
    source: textFlag("source", "With --by: only this source"),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ bucket, from, source, json }) {
    const client = yield* AdminClient
    if (Option.isNone(bucket)) {
      const now = yield* client.stats.now()
      return yield* print(json, now, () => snapshotText(now))
    }
    const yesterday = DateTime.subtract(yield* DateTime.now, { days: 1 })
    const since = Option.getOrElse(from, () => yesterday)
    const points = yield* client.stats.series({
      query: { bucket: bucket.value, from: since, ...present({ source }) }
    })
    yield* print(json, points, () => seriesText(points))
  })
).pipe(
  Command.withDescription(
    "Show what needs attention, the current state and the counts of the last 24 hours, or counts over time with --by"
  ),
  Command.withExamples([
    { command: "usher stats --by hour --from '2 days'", description: "The last two days by hour" }
  ]),
  withReadAccess
)

const names = Struct.keys(none).map((field) => [field, Str.capitalize(field.replaceAll("_", " "))] as const)

/** The counts over time, without rows and columns of zeros. */
const seriesText = (points: ReadonlyArray<Stats.Point>): string => {
  const counted = points.filter((point) => names.some(([field]) => point[field] > 0))
  const shown = names.filter(([field]) => counted.some((point) => point[field] > 0))
  if (counted.length === 0) return "Nothing was counted."
  const rows = counted.map((point) =>
    [minute(point.at)].concat(shown.map(([field]) => point[field].toLocaleString("en")))
  )
  return table(["Since", ...shown.map(([, name]) => name)], rows, [], process.stdout.columns, inLines)
}

/** A line for each row, without zeros. */
const inLines = ([, ...names]: ReadonlyArray<string>, rows: ReadonlyArray<Cells>): string =>
  rows
    .map(([since, ...counts]) => {
      const parts = counts.flatMap((count, at) => (count === "0" ? [] : [`${names[at]} ${count}`]))
      return wrap(`${since}: ${parts.join(", ")}`)
    })
    .join("\n")

const snapshotText = (now: Stats.Now): string =>
  [
    concernsText(now.concerns),
    "",
    table(
      ["Now", ""],
      [
        ["Webhooks waiting to be mapped", capped(now.waitingWebhooks)],
        ["since", time(now.oldestReceived)],
        ["Pending invitations", capped(now.waitingInvitations)],
        ["Oldest due since", time(now.oldestDue)],
        ["Dead letters", capped(now.deadLetters)],
        ["Failed mappings", capped(now.unmappable)],
        ["Deliveries in quarantine", capped(now.quarantined)]
      ]
    ),
    "",
    table(
      ["Last 24 hours", ""],
      names.map(([field, name]) => [name, now.lastDay[field].toLocaleString("en")])
    )
  ].join("\n")

const concernsText = (concerns: ReadonlyArray<Concern>): string =>
  concerns.length === 0
    ? "All systems normal."
    : wrap(["Needs attention:", ...concerns.map(concernText)].join("\n"))

const concernText = ({ urgency, text, liveTitle, reason, since, next, nextAt }: Concern): string =>
  [
    lines(
      [
        `  ${urgency}: ${Display.line(text)}`,
        liveTitle !== undefined && `Its title: ${Display.line(liveTitle)}.`,
        reason !== null && `Reason: ${Display.line(reason)}.`
      ],
      " "
    ),
    lines([since && `Since ${time(since)}.`, `${next}${nextAt === null ? "" : ` at ${time(nextAt)}`}.`], " ")
  ].join("\n    ")

export const deadLetters = query(
  "dead-letters",
  {},
  (client) => client.deadLetters.list(),
  (found) =>
    listing(
      found.map(({ count, status, error, spot, liveId, oldestAt, newestAt, newestId }) => ({
        Count: count.toLocaleString("en"),
        Status: status,
        Error: error ?? "",
        Spot: spot,
        Live: liveId,
        First: time(oldestAt),
        Last: time(newestAt),
        Newest: newestId
      })),
      "No dead letters."
    ) +
    (isPartial(found)
      ? `\nThere may be more: the newest ${maxGrouped.toLocaleString("en")} dead letters are counted, and the largest ${maxGroups} groups listed.`
      : "")
).pipe(
  Command.withDescription(
    "List failed invitations (rejected or exhausted) by cause, most frequent first. usher invitations show describes one, usher replay sends them again"
  ),
  Command.withExamples([{ command: "usher dead-letters", description: "What failed, and how often" }]),
  Command.withShortDescription("List failed invitations by cause")
)
