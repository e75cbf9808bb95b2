/** `usher replay`: send finished invitations again. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Replays } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { chosenInvitations, selectionOf } from "../support/chosenInvitations.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { missing } from "../support/failure.ts"
import { planFlag } from "../support/flags.ts"
import { count, length, print } from "../support/print.ts"
import { goesOn, workOff } from "../support/workOff.ts"

export const replay = Command.make(
  "replay",
  {
    ...chosenInvitations("Select every dead letter"),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ planOnly, yes, json, ...chosen }) {
    const client = yield* AdminClient
    const payload = yield* selectionOf(chosen)
    const plan = yield* client.replays.plan({ payload })
    if (planOnly) return yield* print(json, { plan }, () => planText(plan))
    if (plan.invitations === 0) {
      const what = payload.status?.join(" or ") ?? "dead letter"
      return yield* missing(`No matching ${what} invitations. Nothing was done.`)
    }
    yield* confirm(planText(plan), "Send them again?", yes)
    const selection = { ...payload, asOf: plan.asOf }
    const done = yield* workOff(client, {
      what: "Replaying",
      job: { kind: "replay", selection, total: plan.invitations },
      here: client.replays.invitations({ payload: selection })
    })
    yield* print(
      json,
      { plan, replayed: done },
      () => `Queued ${count(done, "invitation")}. New webhooks have a higher priority.`
    )
  })
).pipe(
  Command.withDescription(
    "Send finished invitations again, with a lower priority than new webhooks. Default: dead letters (rejected and exhausted). " +
      "The command first shows the number of invitations, people and calls and the expected duration, and asks for confirmation. " +
      goesOn
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
