/** `usher replay`: send finished invitations again. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Replays } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { missing, usage } from "../support/failure.ts"
import { invitationFilter, invitationsOf, inTime, selected } from "../support/filters.ts"
import { planFlag, switchFlag } from "../support/flags.ts"
import { count, length, print } from "../support/print.ts"
import { watch } from "../support/progressBar.ts"

export const replay = Command.make(
  "replay",
  {
    ids: Argument.String("id").pipe(
      Argument.atLeast(0),
      Argument.withDescription(
        "Ids of invitations (inv_…), or the id of one webhook for all its invitations (wh_…)"
      )
    ),
    filter: invitationFilter,
    all: switchFlag("all", "Select every dead letter"),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ ids, all, planOnly, yes, json, filter: flags }) {
    const client = yield* AdminClient
    const [webhook, ...others] = ids.filter((id) => id.startsWith("wh_"))
    const named = ids.filter((id) => !id.startsWith("wh_"))
    if (others.length > 0 || (webhook !== undefined && named.length > 0)) {
      return yield* usage("Give the id of one webhook, or ids of invitations.")
    }
    const filter = yield* invitationsOf({ ...flags, ids: named, ...(webhook ? { webhook } : {}) })
    const payload = yield* selected(filter, { all, instead: "ids, --source, --live or another filter" })
    yield* inTime({ from: filter.from, to: filter.to })
    const plan = yield* client.replays.plan({ payload })
    if (planOnly) return yield* print(json, { plan }, () => planText(plan))
    if (plan.invitations === 0) {
      const what = filter.status?.join(" or ") ?? "dead letter"
      return yield* missing(`No matching ${what} invitations. Nothing was done.`)
    }
    yield* confirm(planText(plan), "Send them again?", yes)
    const work = yield* client.replays.invitations({ payload })
    const done = yield* watch("Replaying", plan.invitations, work)
    yield* print(
      json,
      { plan, replayed: done },
      () => `Queued ${count(done, "invitation")}. New webhooks have a higher priority.`
    )
  })
).pipe(
  Command.withDescription(
    "Send finished invitations again, with a lower priority than new webhooks. Default: dead letters (rejected and exhausted). " +
      "The command first shows the number of invitations, people and calls and the expected duration, and asks for confirmation"
  ),
  Command.withExamples([
    { command: "usher replay inv_01K…", description: "One invitation" },
    { command: "usher replay --live 3f0c… --status exhausted --plan", description: "Show the plan" },
    { command: "usher replay --source webinar-form --from '3 days' --yes", description: "From a script" }
  ]),
  Command.withShortDescription("Send dead letters or other finished invitations again"),
  withAccess
)

/** The relay computes the duration for an unused budget. */
const planText = ({ invitations, people, lives, calls, durationMs }: Replays.Plan): string =>
  `${count(invitations, "invitation")} of ${count(people, "person", "people")} to ${count(lives, "Live")}: ` +
  `${count(calls, "call")} to MeltingSpot; minimum duration: ${length(durationMs)}.`
