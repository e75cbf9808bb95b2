/** `usher webhooks`: search webhooks, show one, and map webhooks again. */
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { Body, Display, type Replays, Webhooks } from "@usher/admin"
import { Import } from "@usher/engine"
import { mappedAgainAt, type NamedPeople } from "@usher/model/Webhook"
import { accessFlags, AdminClient, query, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { inTime, pageFlags, present, selected, webhookFilter, webhooksOf } from "../support/filters.ts"
import { planFlag, switchFlag } from "../support/flags.ts"
import { count, lines, listing, page, print, time } from "../support/print.ts"
import { fullPage } from "../support/fullPage.ts"
import { table } from "../support/table.ts"
import { goesOn, workOff } from "../support/workOff.ts"

const list = query(
  "list",
  { filter: webhookFilter, ...pageFlags },
  (client, { filter, limit, after }) =>
    Effect.flatMap(webhooksOf(filter), (filter) =>
      fullPage(
        (page) => client.webhooks.search({ payload: { ...filter, ...page } }),
        present({ limit, after })
      )
    ),
  (found) =>
    page(
      found,
      ({ id, receivedAt, source, status, people, reason, firstWebhookId, release }) => ({
        Id: id,
        Received: time(receivedAt),
        Person: personText(people),
        Source: source,
        Status: release?.verified === false ? `${status}, unverified` : status,
        Reason: lines([reason, firstWebhookId && `same delivery id as ${firstWebhookId}`], "; ")
      }),
      "No matching webhooks."
    )
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
  ])
)

const personText = (people: NamedPeople): string =>
  people.count === 0 ? "-" : lines([people.first ?? "forgotten", Webhooks.others(people) || null], " ")

const show = query(
  "show",
  { id: Argument.String("id").pipe(Argument.withDescription("The id of the webhook, such as wh_01K…")) },
  (client, params) => client.webhooks.get({ params }),
  ({ webhook, headers, body, invitations, verification }) => {
    const { deliveryId, firstWebhookId, lane, reason, release, sender, status } = webhook
    return lines([
      table(
        ["Webhook", webhook.id],
        [
          ["Source", webhook.source],
          ["Sender", `${sender}, ${deliveryId === null ? "no delivery id" : `delivery id ${deliveryId}`}`],
          ...(firstWebhookId === null
            ? []
            : [["Conflict", `same delivery id as ${firstWebhookId}, different body`]]),
          ["Verified by", verifiedBy(webhook, verification)],
          ["Received", time(webhook.receivedAt)],
          ["Received by", webhook.receivedBy ?? "-"],
          ...(release === null
            ? []
            : [
                [
                  "Released",
                  `${time(release.at)} by ${release.by}, ${release.verified ? "signature verified" : "unverified"}`
                ]
              ]),
          ["Status", reason === null ? status : `${status}: ${reason}`],
          ["Lane", lane],
          ["Mapped", `${mappedAgainAt(webhook) === null ? "" : "again, "}${time(webhook.mappedAt)}`],
          ["Mapping", webhook.mappingVersion ?? "-"],
          ["Trace", webhook.traceId ?? "-"]
        ]
      ),
      "",
      listing(
        invitations.map(({ id, liveId, member, status, attempts }) => ({
          Invitation: id,
          Live: liveId,
          Person: member ?? "forgotten",
          Status: status,
          Attempts: attempts
        })),
        "No invitations."
      ),
      "",
      requestText(headers, body)
    ])
  }
).pipe(
  Command.withDescription("Show one webhook with its headers, its body and its invitations"),
  Command.withExamples([
    {
      command: "usher webhooks show wh_01K…",
      description: "The request as the sender made it, and its invitations"
    }
  ])
)

/** The headers and the body of a webhook. */
export const requestText = (headers: Webhooks.Detail["headers"], body: Body.Body): string =>
  [
    ...Object.entries(headers).map(([name, value]) => Display.line(`${name}: ${value}`)),
    "",
    bodyOf(body)
  ].join("\n")

/** An unverified release counts as no verification, whatever scheme the source has. */
const verifiedBy = (
  { release, sender }: Webhooks.Webhook,
  verification: Webhooks.Detail["verification"]
): string =>
  release?.verified === false
    ? `nothing: released from quarantine unverified by ${release.by}`
    : sender === Import.name
      ? "nothing: an import by an operator has no signature"
      : (verification?.scheme ?? "a source that was removed from the configuration")

export const bodyOf = (body: Body.Body): string => {
  const text = Body.textOf(body)
  const shown = Option.match(Body.jsonOf(body), {
    onNone: () => (Body.isEmpty(body) ? "(body deleted by a purge or by forgetting a person)" : text),
    onSome: (json) => JSON.stringify(json, undefined, text.length > maxIndented ? 0 : 2)
  })
  const escaped = Display.block(shown)
  return body.decompressed === undefined
    ? escaped
    : `(decompressed from ${body.decompressed.encoding})\n${escaped}`
}

/** Longer JSON is not indented: indentation multiplies the size of deeply nested bodies. */
const maxIndented = 64 * 1024

const remap = Command.make(
  "remap",
  {
    filter: webhookFilter,
    all: switchFlag("all", "Select every unmappable webhook"),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ json, planOnly, yes, all, filter: flags }) {
    const client = yield* AdminClient
    const filter = yield* webhooksOf(flags)
    const payload = yield* selected(filter, { all, instead: "--source, --status or another filter" })
    yield* inTime({ from: filter.from, to: filter.to })
    const plan = yield* client.replays.planWebhooks({ payload })
    const statuses = (filter.status ?? ["unmappable"]).join(" or ")
    const found = `${count(plan.webhooks, "webhook")} with the status ${statuses}`
    const text = `${found} will be mapped again. ${whoseMapping}${keptText(plan)}`
    if (planOnly) return yield* print(json, { plan }, () => text)
    if (plan.webhooks === 0) {
      return yield* print(json, { plan, remapped: 0 }, () => `Nothing to do: ${found}.`)
    }
    yield* confirm(text, "Map them again?", yes)
    const selection = { ...payload, asOf: plan.asOf }
    const done = yield* workOff(client, {
      what: "Mapping again",
      job: { kind: "remap", selection, total: plan.webhooks },
      here: client.replays.webhooks({ payload: selection })
    })
    yield* print(json, { plan, remapped: done }, () => `Queued ${count(done, "webhook")} for mapping.`)
  })
).pipe(
  Command.withDescription(
    "Map webhooks again after the mapping was fixed. Default: webhooks with the status unmappable. Invitations that they have requested so far stay as they are. The command first counts both, and asks for confirmation. " +
      goesOn
  ),
  Command.withExamples([
    {
      command: "usher webhooks remap --source webinar-form",
      description: "Every unmappable webhook of a source"
    }
  ]),
  withAccess
)

const whoseMapping =
  "The running relay maps with the configuration that it has loaded, not with the file of this command. After a change of the file, first: usher reload --url URL."

const keptText = ({ invitations }: Replays.RemapPlan): string =>
  invitations === 0
    ? ""
    : ` The ${count(invitations, "invitation")} requested so far ${invitations === 1 ? "stays as it is" : "stay as they are"}, even if the mapping now names another Live or person.`

export const webhooks = Command.make("webhooks").pipe(
  Command.withDescription("Search webhooks, show one, map webhooks again"),
  Command.withSubcommands([list, show, remap])
)
