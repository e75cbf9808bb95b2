/** Flags that say which webhooks or invitations are meant. All of what is given has to be so. */
import { DateTime, Effect, Option, Schema } from "effect"
import { Flag } from "effect/cli"
import { Invitations, Page, Selection, Webhooks } from "@usher/admin"
import { Dispatch, Webhook } from "@usher/engine"
import * as times from "@usher/admin/Times"
import { describe } from "../../config/SchemaErrors.ts"
import { Failed } from "./failure.ts"
import { timeFlag } from "./timeFlag.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

const common = {
  source: text("source", "Of this source"),
  live: text("live", "To this Live"),
  person: text("person", "Of this person: an address or a Spot member id, however written"),
  from: timeFlag("from", "At this time or later").pipe(Flag.optional),
  to: timeFlag("to", "Before this time").pipe(Flag.optional)
}

export const webhookFilter = {
  ...common,
  status: Flag.Literals("status", Webhook.WebhookStatus.literals).pipe(
    Flag.atLeast(0),
    Flag.withDescription("Filter by status. Repeatable")
  ),
  text: text("text", "With this text in the body, whatever its case")
}

export const invitationFilter = {
  ...common,
  spot: text("spot", "Of this Spot"),
  status: Flag.Literals("status", Dispatch.InvitationStatus.literals).pipe(
    Flag.atLeast(0),
    Flag.withDescription("Filter by status. Repeatable")
  ),
  webhook: text("webhook", "That this webhook asked for")
}

export const pageFlags = {
  limit: Flag.Int("limit").pipe(
    Flag.withSchema(Page.Limit),
    Flag.withDefault(Page.defaultLimit),
    Flag.withDescription("The largest number of results, 1 to 500. Default: 50")
  ),
  after: text("after", "The next page: what was printed at the end of the one before")
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
      return Effect.fail(usage(`Nothing is selected: give ${instead}, or --all.`))
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
