/** `usher webhooks`: what senders said, and mapping it again. */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Display, type Webhooks } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { inTime, pageFlags, present, selected, webhookFilter, webhooksOf } from "../support/filters.ts"
import { count, listing, more, print, time } from "../support/print.ts"
import { watch } from "../support/progressBar.ts"
import { table } from "../support/table.ts"

const list = Command.make(
  "list",
  { filter: webhookFilter, ...pageFlags, ...accessFlags },
  Effect.fnUntraced(function* ({ json, limit, after, filter }) {
    const client = yield* AdminClient
    const payload = { ...(yield* webhooksOf(filter)), ...present({ limit, after }) }
    const found = yield* client.webhooks.search({ payload })
    yield* print(
      json,
      found,
      () =>
        listing(
          ["Id", "Received", "Source", "Status", "Bytes", "Reason"],
          found.items.map(row),
          "No matching webhooks."
        ) + more(found.next)
    )
  })
).pipe(
  Command.withDescription("Search webhooks, newest first"),
  Command.withExamples([
    {
      command: "usher webhooks list --status unmappable --from '2 days'",
      description: "Failed mappings of the last two days"
    },
    {
      command: "usher webhooks list --person alice@example.com --json",
      description: "Every webhook that requested an invitation for a person"
    }
  ]),
  withAccess
)

const row = ({ id, receivedAt, source, status, size, reason, firstWebhookId, release }: Webhooks.Webhook) => [
  id,
  time(receivedAt),
  source,
  release?.verified === false ? `${status}, unverified` : status,
  size,
  [reason, firstWebhookId === null ? null : `same delivery id as ${firstWebhookId}`]
    .filter((part) => part !== null)
    .join("; ")
]

const show = Command.make(
  "show",
  {
    id: Argument.String("id").pipe(Argument.withDescription("The id of the webhook, such as wh_01K…")),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ id, json }) {
    const client = yield* AdminClient
    const found = yield* client.webhooks.get({ params: { id } })
    yield* print(json, found, () => detail(found))
  })
).pipe(Command.withDescription("Show one webhook with its headers, its body and its invitations"), withAccess)

const detail = ({ webhook, headers, body, invitations, verification }: Webhooks.Detail): string =>
  [
    table(
      ["Webhook", webhook.id],
      [
        ["Source", webhook.source],
        [
          "Sender",
          `${webhook.sender}, ${webhook.deliveryId === null ? "no delivery id" : `delivery id ${webhook.deliveryId}`}`
        ],
        ...(webhook.firstWebhookId === null
          ? []
          : [["Conflict", `same delivery id as ${webhook.firstWebhookId}, different body`]]),
        ["Verified by", verifiedBy(webhook, verification)],
        ["Received", time(webhook.receivedAt)],
        ...released(webhook),
        ["Status", webhook.reason === null ? webhook.status : `${webhook.status}: ${webhook.reason}`],
        ["Lane", webhook.lane],
        ["Mapping", webhook.mappingVersion ?? "-"],
        ["Trace", webhook.traceId ?? "-"]
      ]
    ),
    "",
    ...(invitations.length === 0
      ? ["No invitations."]
      : [
          table(
            ["Invitation", "Live", "Person", "Status", "Attempts"],
            invitations.map(({ id, liveId, member, status, attempts }) => [
              id,
              liveId,
              member ?? "forgotten",
              status,
              attempts
            ])
          )
        ]),
    "",
    ...Object.entries(headers).map(([name, value]) => Display.line(`${name}: ${value}`)),
    "",
    bodyOf(body)
  ].join("\n")

/** An operator's word is no verification, whatever the source verifies by. */
const verifiedBy = ({ release }: Webhooks.Webhook, verification: Webhooks.Detail["verification"]): string =>
  release?.verified === false
    ? `nothing: released from quarantine unverified by ${release.by}`
    : (verification?.scheme ?? "a source that was removed from the configuration")

const released = ({ release }: Webhooks.Webhook): ReadonlyArray<ReadonlyArray<string>> =>
  release === null
    ? []
    : [
        [
          "Released",
          `${time(release.at)} by ${release.by}, ${release.verified ? "signature verified" : "unverified"}`
        ]
      ]

export const bodyOf = ({ base64, decompressed, json }: Webhooks.Detail["body"]): string => {
  const shown = decompressed?.base64 ?? base64
  const text =
    json !== undefined
      ? JSON.stringify(json, undefined, shown.length > mostIndented ? 0 : 2)
      : base64 === ""
        ? "(body deleted by a purge or by forgetting a person)"
        : Buffer.from(shown, "base64").toString()
  const escaped = Display.block(text)
  return decompressed === undefined ? escaped : `(decompressed from ${decompressed.encoding})\n${escaped}`
}

/** Indentation multiplies what is long and deep. */
const mostIndented = 64 * 1024

const remap = Command.make(
  "remap",
  {
    filter: webhookFilter,
    all: Flag.Boolean("all").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Select every unmappable webhook")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ json, yes, all, filter: flags }) {
    const client = yield* AdminClient
    const filter = yield* webhooksOf(flags)
    const payload = yield* selected(filter, { all, instead: "--source, --status or another filter" })
    yield* inTime({ from: filter.from, to: filter.to })
    const statuses = filter.status ?? ["unmappable"]
    const one = yield* client.webhooks.search({ payload: { ...filter, status: statuses, limit: 500 } })
    const found = `${count(one.items.length, "webhook")}${one.next === null ? "" : " or more"} with the status ${statuses.join(" or ")}`
    if (one.items.length === 0) return yield* print(json, { remapped: 0 }, () => `Nothing to do: ${found}.`)
    yield* confirm(`${found} will be mapped again with the current mapping.`, "Map them again?", yes)
    const work = yield* client.replays.webhooks({ payload })
    const done = yield* watch("Mapping again", one.next === null ? one.items.length : undefined, work)
    yield* print(json, { remapped: done }, () => `Queued ${count(done, "webhook")} for mapping.`)
  })
).pipe(
  Command.withDescription(
    "Map webhooks again after the mapping was fixed. Default: webhooks with the status unmappable"
  ),
  Command.withExamples([
    {
      command: "usher webhooks remap --source webinar-form",
      description: "Every unmappable webhook of a source"
    }
  ]),
  withAccess
)

export const webhooks = Command.make("webhooks").pipe(
  Command.withDescription("Search webhooks, show one, map webhooks again"),
  Command.withSubcommands([list, show, remap])
)
