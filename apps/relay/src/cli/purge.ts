/** `usher purge`: letting go of what is old. */
import { DateTime, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { Dispatch, Webhook } from "@usher/engine"
import { accessFlags, AdminClient, withAccess } from "./access.ts"
import { confirm, yesFlag } from "./confirm.ts"
import { timeFlag } from "./filters.ts"
import { count, print, time } from "./print.ts"
import { watch } from "./progressBar.ts"

export const purge = Command.make(
  "purge",
  {
    before: timeFlag("before", "What was received, or ended, before this time"),
    invitations: Flag.Literals("invitations", Dispatch.InvitationStatus.literals).pipe(
      Flag.atLeast(0),
      Flag.withDescription(
        "Invitations that ended so, with their attempts; may be repeated. All that ended, unless told"
      )
    ),
    webhooks: Flag.Literals("webhooks", Webhook.WebhookStatus.literals).pipe(
      Flag.atLeast(0),
      Flag.withDescription(
        "The bodies of webhooks that stand so; may be repeated. Mapped, ignored and unmappable ones, unless told"
      )
    ),
    deliveryIds: Flag.Boolean("delivery-ids").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Let go of delivery ids, too: what a sender sends again is then taken for new")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ before, invitations, webhooks, deliveryIds, yes, json }) {
    const client = yield* AdminClient
    const ended =
      invitations.length === 0 ? "Invitations that ended" : `Invitations that are ${invitations.join(" or ")}`
    const stood =
      webhooks.length === 0 ? "mapped, ignored and unmappable webhooks" : `${webhooks.join(" and ")} webhooks`
    yield* confirm(
      `${ended} before ${time(before)} (${DateTime.isFuture(before) ? "which is all there is" : "UTC"}) go with their attempts, and so do the bodies of ${stood} that came before it.` +
        (deliveryIds ? " Their delivery ids go, too: a resend will be taken for new." : ""),
      "Let go of them?",
      yes
    )
    const work = yield* client.upkeep.purge({
      payload: {
        before,
        ...(invitations.length === 0 ? {} : { invitations }),
        ...(webhooks.length === 0 ? {} : { webhooks }),
        ...(deliveryIds ? { deliveryIds } : {})
      }
    })
    const done = yield* watch("Purging", undefined, work)
    yield* print(json, { purged: done }, () => `${count(done, "row")} let go of.`)
  })
).pipe(
  Command.withDescription(
    "Let go of what is old: ended invitations with their attempts, and the bodies of webhooks"
  ),
  Command.withExamples([
    {
      command: "usher purge --before '90 days'",
      description: "All that is done and older than three months"
    },
    {
      command: "usher purge --before 2026-01-01 --invitations invited --invitations already_invited --yes",
      description: "Successes only, from a script"
    }
  ]),
  withAccess
)
