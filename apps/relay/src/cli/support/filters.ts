/** Flags that say which webhooks or invitations are meant. All of what is given has to be so. */
import { DateTime, Effect, Option, Schema } from "effect"
import { Flag } from "effect/cli"
import { Invitations, Page, Selection, Webhooks } from "@usher/admin"
import { Webhook } from "@usher/model"
import { InvitationStatus } from "@usher/model/Invitation"
import * as times from "@usher/admin/Times"
import { describe } from "../../config/SchemaErrors.ts"
import { Failed } from "./failure.ts"
import { timeFlag } from "./timeFlag.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

const common = {
  source: text("source", "Filter by source"),
  live: text("live", "Filter by Live"),
  person: text("person", "Filter by person: an email address in any spelling, or a Spot member id"),
  from: timeFlag("from", "Start of the time range").pipe(Flag.optional),
  to: timeFlag("to", "End of the time range, exclusive").pipe(Flag.optional)
}

export const webhookFilter = {
  ...common,
  status: Flag.Literals("status", Webhook.WebhookStatus.literals).pipe(
    Flag.atLeast(0),
    Flag.withDescription("Filter by status. Repeatable")
  ),
  text: text("text", "Filter by text in the body, ignoring case")
}

export const invitationFilter = {
  ...common,
  spot: text("spot", "Filter by Spot"),
  status: Flag.Literals("status", InvitationStatus.literals).pipe(
    Flag.atLeast(0),
    Flag.withDescription("Filter by status. Repeatable")
  ),
  webhook: text("webhook", "Filter by the webhook that requested the invitation")
}

export const pageFlags = {
  limit: Flag.Int("limit").pipe(
    Flag.withSchema(Page.Limit),
    Flag.withDefault(Page.defaultLimit),
    Flag.withDescription("Page size, 1 to 500. Default: 50")
  ),
  after: text("after", "Show the next page: the cursor printed at the end of the previous page")
}

type Given = Readonly<Record<string, unknown>>

/** Only what is there: no flag that was left out, no list that is empty. */
export const present = (flags: Given): Given =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) => {
      if (Option.isOption(value)) return Option.isSome(value) ? [[name, value.value]] : []
      return Array.isArray(value) && value.length === 0 ? [] : [[name, value]]
    })
  )

const WebhookFilter = Schema.toType(Webhooks.Filter)
const InvitationFilter = Schema.toType(Invitations.Filter)

const usage = (message: string) => new Failed({ kind: "usage", message })

const unusable = ({ issue }: Schema.SchemaError) =>
  usage(`The filter can't be used: ${describe(issue).join("; ")}.`)

export const webhooksOf = (flags: Given) =>
  Effect.mapError(Schema.decodeEffect(WebhookFilter)(present(flags)), unusable)

export const invitationsOf = (flags: Given) =>
  Effect.mapError(Schema.decodeEffect(InvitationFilter)(present(flags)), unusable)

/** What `all` stands for in these sentences, and what may be given in its place. */
export interface Choice {
  readonly all: boolean
  /** Such as `ids, --source`. */
  readonly instead: string
}

/** A selection that changes something: a filter, or `--all` alone. Nothing given selects nothing. */
export const selected = <Filter extends Readonly<Record<string, unknown>>>(
  filter: Filter,
  { all, instead }: Choice
) => {
  const given = all ? { ...filter, all: true as const } : filter
  switch (Selection.wrongWith(given, Object.keys(filter))) {
    case "nothing":
      return Effect.fail(usage(`Nothing selected. Give ${instead}, or --all.`))
    case "both":
      return Effect.fail(usage(`Give ${instead}, or --all, not both.`))
    default:
      return Effect.succeed(given)
  }
}

/** Refuses times that would select everything, or nothing. */
export const inTime = (flags: Parameters<typeof times.wrongWith>[0]) =>
  Effect.flatMap(DateTime.now, (now) => {
    const [problem] = times.wrongWith(flags, now)
    return problem === undefined ? Effect.void : Effect.fail(usage(`--${problem}.`))
  })

/** Refuses what a script gives for a variable that is not set. */
export const notBlank = (name: string, texts: ReadonlyArray<string>) =>
  texts.some((text) => text.trim() === "") ? Effect.fail(usage(`${name} is blank.`)) : Effect.void
