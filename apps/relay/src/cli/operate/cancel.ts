/** `usher cancel`: cancel pending invitations. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import type { Cancellations } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { chosenInvitations, refuseUnknown, sameSelection, selectionOf } from "../support/chosenInvitations.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { missing } from "../support/failure.ts"
import { planFlag } from "../support/flags.ts"
import { count, print } from "../support/print.ts"
import { goesOn, workOff } from "../support/workOff.ts"

export const cancel = Command.make(
  "cancel",
  {
    ...chosenInvitations("Select every pending invitation"),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ planOnly, yes, json, ...chosen }) {
    const client = yield* AdminClient
    const payload = yield* selectionOf(chosen)
    const plan = yield* client.cancellations.plan({ payload })
    yield* refuseUnknown(client, payload, plan)
    if (planOnly) return yield* print(json, { plan }, () => planText(plan))
    if (plan.invitations === 0) {
      return yield* missing(`No matching pending invitations. Nothing was done.${moreText(plan)}`)
    }
    yield* confirm(planText(plan), "Cancel them?", yes)
    const selection = { ...payload, asOf: plan.asOf }
    const done = yield* workOff(client, {
      what: "Canceling",
      job: { kind: "cancel", selection, total: plan.invitations },
      here: client.cancellations.invitations({ payload: selection })
    })
    yield* print(
      json,
      { plan, cancelled: done },
      () => `Canceled ${count(done, "invitation")}. ${undoText(sameSelection(payload))}`
    )
  })
).pipe(
  Command.withDescription(
    "Cancel pending invitations: the relay does not send them, and later webhooks do not request them again. " +
      "The command first shows the number of invitations, people and Lives, and asks for confirmation. " +
      "An invitation that is in a call stays as it is. To undo: usher replay --status cancelled, with the same selection. " +
      goesOn
  ),
  Command.withExamples([
    { command: "usher cancel inv_01K…", description: "One invitation" },
    { command: "usher cancel --live 3f0c… --plan", description: "Show the plan for a Live" },
    { command: "usher cancel --source import --from '1 hour' --yes", description: "Undo an import" }
  ]),
  Command.withShortDescription("Cancel pending invitations"),
  withAccess
)

const planText = (plan: Cancellations.Plan): string =>
  `${count(plan.invitations, "pending invitation")} of ${count(plan.people, "person", "people")} ` +
  `to ${count(plan.lives, "Live")}.${moreText(plan)}`

/** A replay of all canceled invitations would send older cancellations, too. */
const undoText = (selection: string | undefined): string => {
  const replay = "usher replay --status cancelled"
  if (selection === "") return `To send them, and all canceled before: ${replay}`
  return `To send them after all: ${replay} ${selection ?? "with the same selection"}`
}

/** What the command does not cancel. */
const moreText = ({ sending, unmapped }: Cancellations.Plan): string =>
  (sending === 0 ? "" : ` ${count(sending, "more is", "more are")} being sent now.`) +
  (unmapped === 0
    ? ""
    : ` ${count(unmapped, "webhook is", "webhooks are")} not mapped yet and may still create invitations: run the command again once they are mapped.`)
