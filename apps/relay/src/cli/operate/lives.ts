/** `usher lives`: list the Lives with their invitations, and resume parked ones. */
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import type { Lives } from "@usher/admin"
import { act, query } from "../support/access.ts"
import { missing, usage } from "../support/failure.ts"
import { pageFlags, present } from "../support/filters.ts"
import { switchFlag, textFlag } from "../support/flags.ts"
import { listing, page, time } from "../support/print.ts"

const list = query(
  "list",
  {
    ...pageFlags,
    parked: switchFlag(
      "parked",
      "List only parked Lives, which MeltingSpot does not know, and their next probe"
    )
  },
  Effect.fnUntraced(function* (client, { parked, ...page }) {
    if (!parked) return yield* client.lives.list({ query: present(page) })
    if (Option.isSome(page.after)) return yield* usage("Give --parked or --after, not both.")
    return yield* client.lives.parked()
  }),
  (found) =>
    "items" in found ? page(found, rowOf, "No Lives yet.") : listing(found.map(parkedRow), "No parked Lives.")
).pipe(
  Command.withDescription(
    "List the Lives to which invitations were requested, and whether all are sent before the Live begins"
  ),
  Command.withShortDescription("List the Lives and the counts of their invitations"),
  Command.withExamples([
    { command: "usher lives list", description: "Are all invitations sent before each Live begins?" },
    { command: "usher lives list --parked", description: "Which Lives does MeltingSpot not know?" }
  ])
)

const rowOf = (live: Lives.Live) => ({
  Live: live.liveId,
  Title: live.title ?? "",
  Spot: live.spot,
  Begins: time(live.startsAt),
  Requested: live.requested.toLocaleString("en"),
  Sent: live.sent.toLocaleString("en"),
  Waiting: live.waiting.toLocaleString("en"),
  Failed: live.failed.toLocaleString("en"),
  Expired: live.expired.toLocaleString("en"),
  Cancelled: live.cancelled.toLocaleString("en"),
  "Sent before it begins?": outlookText(live)
})

const outlookText = (live: Lives.Live): string => {
  const { outlook, clearAt, parkedUntil } = live
  const missed = live.failed + live.expired
  const missedText = `${missed.toLocaleString("en")} failed or expired`
  switch (outlook) {
    case "sent":
      return "none waiting"
    case "incomplete":
      return `no, ${missedText}`
    case "in_time":
      return `yes, by ${time(clearAt)}${missed === 0 ? "" : `, except ${missedText}`}`
    case "late":
      return `no, by ${time(clearAt)}`
    case "held":
      if (parkedUntil !== null) return "no, the Live is parked"
      return live.hold === "circuit_open" ? "unknown, MeltingSpot does not answer" : "no, the Spot is paused"
    case "unknown":
      return "unknown"
  }
}

const parkedRow = ({ liveId, title, spot, since, probeAt }: Lives.ParkedLive) => ({
  Live: liveId,
  Title: title ?? "",
  Spot: spot,
  "Parked since": time(since),
  "Next probe": probeAt === null ? "once the Spot is resumed" : time(probeAt)
})

const unpark = act(
  "unpark",
  {
    live: Argument.String("live").pipe(Argument.withDescription("The id of the Live")),
    spot: textFlag("spot", "The Spot of the Live. Required if the Live is parked with several Spots")
  },
  Effect.fnUntraced(function* (client, { live, spot }) {
    const parked = (yield* client.lives.parked())
      .filter((one) => one.liveId === live && Option.getOrElse(spot, () => one.spot) === one.spot)
      .map(({ spot, liveId }) => ({ spot, liveId }))
    if (parked.length === 0) {
      return yield* missing(`${live} is not parked. To list parked Lives: usher lives list --parked`)
    }
    for (const payload of parked) yield* client.lives.unpark({ payload })
    return parked
  }),
  (_, { live }) => `Unparked ${live}. Its pending invitations are sent again.`
).pipe(
  Command.withDescription("Resume a parked Live after it was created in MeltingSpot"),
  Command.withExamples([
    { command: "usher lives unpark 3f0c…", description: "After the Live was created in MeltingSpot" }
  ])
)

export const lives = Command.make("lives").pipe(
  Command.withDescription(
    "List Lives with their invitations, and resume those that MeltingSpot did not know"
  ),
  Command.withSubcommands([list, unpark])
)
