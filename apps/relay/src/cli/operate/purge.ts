/** `usher purge`: delete old data. */
import { type DateTime, Effect } from "effect"
import { Command } from "effect/cli"
import type { Upkeep } from "@usher/admin"
import { Webhook } from "@usher/model"
import { InvitationStatus } from "@usher/model/Invitation"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { usage } from "../support/failure.ts"
import { inTime, present, selected } from "../support/filters.ts"
import { choicesFlag, planFlag, switchFlag } from "../support/flags.ts"
import { count, lines, print, time } from "../support/print.ts"
import { watch } from "../support/progressBar.ts"
import { timeFlag } from "../support/timeFlag.ts"

export const purge = Command.make(
  "purge",
  {
    before: timeFlag(
      "before",
      "Only webhooks received and invitations finished before this time. Not in the future"
    ),
    invitations: choicesFlag(
      "invitations",
      InvitationStatus.literals,
      "Delete finished invitations with this status, with their attempts"
    ),
    webhooks: choicesFlag(
      "webhooks",
      Webhook.WebhookStatus.literals,
      "Delete the bodies and headers of webhooks with this status"
    ),
    all: switchFlag(
      "all",
      "Delete every finished invitation, and the bodies and headers of all mapped, ignored and unmappable webhooks"
    ),
    deliveryIds: switchFlag(
      "delivery-ids",
      "With --all or --webhooks: also delete delivery ids. A redelivery then counts as a new webhook"
    ),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ before, all, invitations, webhooks, deliveryIds, planOnly, yes, json }) {
    const client = yield* AdminClient
    const chosen = yield* selected(present({ invitations, webhooks }), {
      all,
      instead: "--invitations or --webhooks"
    })
    yield* inTime({ before })
    if (deliveryIds && !all && webhooks.length === 0) {
      return yield* usage("--delivery-ids requires --webhooks or --all.")
    }
    const payload = { before, ...chosen, ...(deliveryIds ? { deliveryIds } : {}) }
    const plan = yield* client.upkeep.purgePlan({ payload })
    const planText = textOf(plan, { before, all, invitations, webhooks, deliveryIds })
    if (planOnly) return yield* print(json, { plan }, () => planText)
    if (plan.invitations + plan.webhooks + plan.deliveryIds === 0) {
      return yield* print(json, { plan, purged: 0 }, () => `Nothing to delete. ${planText}`)
    }
    yield* confirm(planText, "Delete them?", yes)
    const work = yield* client.upkeep.purge({ payload })
    const done = yield* watch("Purging", plan.invitations + plan.webhooks, work)
    yield* print(json, { plan, purged: done }, () => `Deleted ${count(done, "row")}.`)
  })
).pipe(
  Command.withDescription(
    "Delete old data: finished invitations with their attempts, and the bodies and headers of webhooks. Select with --invitations and --webhooks, or --all. The command first counts them, and asks for confirmation"
  ),
  Command.withExamples([
    { command: "usher purge --before '90 days' --all --plan", description: "Count them, and delete nothing" },
    {
      command: "usher purge --before '90 days' --all",
      description: "Everything finished more than 90 days ago"
    },
    {
      command: "usher purge --before 2026-01-01 --invitations invited --invitations already_invited --yes",
      description: "Successful invitations only, from a script"
    }
  ]),
  withAccess
)

const textOf = (
  { deliveryIds, invitations, webhooks }: typeof Upkeep.PurgePlan.Type,
  { all, before, ...statuses }: Chosen
): string => {
  const limits = (statuses: ReadonlyArray<string>) => (all ? "" : ` (${statuses.join(" or ")})`)
  return lines(
    [
      (all || statuses.invitations.length > 0) &&
        `Finished before ${time(before)}: ${count(invitations, "invitation")}${limits(statuses.invitations)}, deleted with their attempts.`,
      (all || statuses.webhooks.length > 0) &&
        `Received before ${time(before)}: ${count(webhooks, "webhook")}${limits(statuses.webhooks)}, whose bodies and headers are deleted.`,
      statuses.deliveryIds &&
        `${count(deliveryIds, "delivery id")} of webhooks without a body, deleted, too: a redelivery then counts as a new webhook.`
    ],
    " "
  )
}

interface Chosen {
  readonly before: DateTime.Utc
  readonly all: boolean
  readonly invitations: ReadonlyArray<string>
  readonly webhooks: ReadonlyArray<string>
  readonly deliveryIds: boolean
}
