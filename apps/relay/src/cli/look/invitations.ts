/** `usher invitations`: one person to one Live each. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Invitations } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { invitationFilter, invitationsOf, pageFlags, present } from "../support/filters.ts"
import { listing, more, print, time } from "../support/print.ts"
import { table } from "../support/table.ts"
import { storyText } from "./storyText.ts"

const list = Command.make(
  "list",
  { filter: invitationFilter, ...pageFlags, ...accessFlags },
  Effect.fnUntraced(function* ({ json, limit, after, filter }) {
    const client = yield* AdminClient
    const payload = { ...(yield* invitationsOf(filter)), ...present({ limit, after }) }
    const found = yield* client.invitations.search({ payload })
    yield* print(
      json,
      found,
      () =>
        listing(
          ["Id", "Made", "Person", "Live", "Status", "Attempts", "Last error"],
          found.items.map(row),
          "No matching invitations."
        ) + more(found.next)
    )
  })
).pipe(
  Command.withDescription("Search invitations, newest first"),
  Command.withExamples([
    {
      command: "usher invitations list --status rejected --status exhausted",
      description: "The dead letters"
    },
    {
      command: "usher invitations list --live 3f0c… --status pending --limit 500",
      description: "Who still waits for a Live"
    }
  ]),
  withAccess
)

const row = ({ id, createdAt, member, liveId, status, attempts, lastError }: Invitations.Invitation) => [
  id,
  time(createdAt),
  member ?? "forgotten",
  liveId,
  status,
  attempts,
  lastError ?? ""
]

const show = Command.make(
  "show",
  {
    id: Argument.String("id").pipe(Argument.withDescription("Of the invitation, such as inv_01K…")),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ id, json }) {
    const client = yield* AdminClient
    const found = yield* client.invitations.get({ params: { id } })
    yield* print(json, found, () => detail(found))
  })
).pipe(Command.withDescription("Show one invitation, its attempts and its story"), withAccess)

const detail = ({ invitation, story }: Invitations.Detail): string =>
  [
    table(
      ["Invitation", invitation.id],
      [
        ["Person", invitation.member ?? "forgotten"],
        ["Live", `${invitation.liveId}, with the Spot ${invitation.spot}`],
        ["Status", invitation.status],
        ["Lane", invitation.lane],
        ["Attempts", invitation.attempts],
        ["Mail", invitation.notify === null ? "as MeltingSpot does" : invitation.notify ? "yes" : "no"],
        ["Not after", time(invitation.expiresAt)],
        ["Webhooks", invitation.webhookIds.join("\n")]
      ]
    ),
    "",
    storyText(story)
  ].join("\n")

export const invitations = Command.make("invitations").pipe(
  Command.withDescription("Invitations, one person to one Live each: search them, look at one"),
  Command.withSubcommands([list, show])
)
