/** `usher invitations`: search invitations, and show one. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Invitations } from "@usher/admin"
import { query } from "../support/access.ts"
import { invitationFilter, invitationsOf, pageFlags, present } from "../support/filters.ts"
import { fullPage } from "../support/fullPage.ts"
import { lines, page, time } from "../support/print.ts"
import { table } from "../support/table.ts"
import { storyText } from "./storyText.ts"

const list = query(
  "list",
  { filter: invitationFilter, ...pageFlags },
  (client, { filter, limit, after }) =>
    Effect.flatMap(invitationsOf(filter), (filter) =>
      fullPage(
        (page) => client.invitations.search({ payload: { ...filter, ...page } }),
        present({ limit, after })
      )
    ),
  (found) =>
    page(
      found,
      ({ id, createdAt, member, liveId, status, attempts, lastError }) => ({
        Id: id,
        Created: time(createdAt),
        Person: member ?? "forgotten",
        Live: liveId,
        Status: status,
        Attempts: attempts,
        "Last error": lastError ?? ""
      }),
      "No matching invitations."
    )
).pipe(
  Command.withDescription("Search invitations, newest first"),
  Command.withExamples([
    {
      command: "usher invitations list --status rejected --status exhausted",
      description: "The dead letters"
    },
    {
      command: "usher invitations list --live 3f0c… --status pending --limit 500",
      description: "Pending invitations to a Live"
    }
  ])
)

const show = query(
  "show",
  { id: Argument.String("id").pipe(Argument.withDescription("The id of the invitation, such as inv_01K…")) },
  (client, params) => client.invitations.get({ params }),
  ({ invitation, story }) =>
    lines([
      table(
        ["Invitation", invitation.id],
        [
          ["Person", invitation.member ?? "forgotten"],
          ["Live", `${invitation.liveId}, with the Spot ${invitation.spot}`],
          ["Status", invitation.status],
          ["Lane", invitation.lane],
          ["Attempts", invitation.attempts],
          ["Email", emailOf(invitation)],
          ["Expires", expiryOf(invitation)],
          ["Webhooks", invitation.webhookIds.join("\n")]
        ]
      ),
      "",
      storyText(story)
    ])
).pipe(
  Command.withDescription("Show one invitation with its attempts and its history"),
  Command.withExamples([
    {
      command: "usher invitations show inv_01K…",
      description: "The attempts and the history of one invitation"
    }
  ])
)

const emailOf = ({ withEmailNotification }: Invitations.Invitation) => {
  if (withEmailNotification === undefined) return "MeltingSpot's default"
  return withEmailNotification ? "yes" : "no"
}

const expiryOf = ({ expiresAt, liveDeadline }: Invitations.Invitation) => {
  if (liveDeadline === undefined) return time(expiresAt)
  return expiresAt === null ? "when its Live begins" : `${time(expiresAt)}, when its Live begins`
}

export const invitations = Command.make("invitations").pipe(
  Command.withDescription("Search invitations and show one. An invitation is for one person and one Live"),
  Command.withSubcommands([list, show])
)
