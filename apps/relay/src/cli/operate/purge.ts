/** `usher purge`: deleting what is old. */
import { type DateTime, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { Webhook } from "@usher/model"
import { InvitationStatus } from "@usher/model/Invitation"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Failed } from "../support/failure.ts"
import { inTime, selected } from "../support/filters.ts"
import { count, print, time } from "../support/print.ts"
import { watch } from "../support/progressBar.ts"
import { timeFlag } from "../support/timeFlag.ts"

export const purge = Command.make(
  "purge",
  {
    before: timeFlag(
      "before",
      "Only webhooks received and invitations finished before this time. Not in the future"
    ),
    invitations: Flag.Literals("invitations", InvitationStatus.literals).pipe(
      Flag.atLeast(0),
      Flag.withDescription("Delete finished invitations with this status, with their attempts. Repeatable")
    ),
    webhooks: Flag.Literals("webhooks", Webhook.WebhookStatus.literals).pipe(
      Flag.atLeast(0),
      Flag.withDescription("Delete the bodies and headers of webhooks with this status. Repeatable")
    ),
    all: Flag.Boolean("all").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "Delete every finished invitation, and the bodies and headers of all mapped, ignored and unmappable webhooks"
      )
    ),
    deliveryIds: Flag.Boolean("delivery-ids").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "With --all or --webhooks: also delete delivery ids. A redelivery then counts as a new webhook"
      )
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ before, all, invitations, webhooks, deliveryIds, yes, json }) {
    const client = yield* AdminClient
    const which = {
      ...(invitations.length === 0 ? {} : { invitations }),
      ...(webhooks.length === 0 ? {} : { webhooks })
    }
    const chosen = yield* selected(which, { all, instead: "--invitations or --webhooks" })
    yield* inTime({ before })
    if (deliveryIds && !all && webhooks.length === 0) {
      const message = "--delivery-ids requires --webhooks or --all."
      return yield* new Failed({ kind: "usage", message })
    }
    const plan = planText(before, {
      invitations: all ? "that are finished" : statusText(invitations),
      webhooks: all ? "that are mapped, ignored or unmappable" : statusText(webhooks)
    })
    yield* confirm(
      plan +
        (deliveryIds
          ? " Their delivery ids are deleted, too: a redelivery then counts as a new webhook."
          : ""),
      "Delete them?",
      yes
    )
    const work = yield* client.upkeep.purge({
      payload: { before, ...chosen, ...(deliveryIds ? { deliveryIds } : {}) }
    })
    const done = yield* watch("Purging", undefined, work)
    yield* print(json, { purged: done }, () => `Deleted ${count(done, "row")}.`)
  })
).pipe(
  Command.withDescription(
    "Delete old data: finished invitations with their attempts, and the bodies and headers of webhooks. Select with --invitations and --webhooks, or --all"
  ),
  Command.withExamples([
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

const statusText = (statuses: ReadonlyArray<string>) =>
  statuses.length === 0 ? undefined : `that are ${statuses.join(" or ")}`

/** Names what is deleted; what was not selected is not named. */
const planText = (
  before: DateTime.Utc,
  { invitations, webhooks }: Readonly<Record<"invitations" | "webhooks", string | undefined>>
): string =>
  [
    ...(invitations === undefined
      ? []
      : [`Invitations ${invitations}, before ${time(before)}, are deleted with their attempts.`]),
    ...(webhooks === undefined
      ? []
      : [`The bodies and headers of webhooks ${webhooks}, received before ${time(before)}, are deleted.`])
  ].join(" ")
