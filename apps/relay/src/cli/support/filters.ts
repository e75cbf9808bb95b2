/** Flags that select webhooks or invitations. Several flags together select what matches all of them. */
import { DateTime, Effect, Option, Schema } from "effect"
import { Flag } from "effect/cli"
import { Invitations, Page, Selection, Webhooks } from "@usher/admin"
import { Webhook } from "@usher/model"
import { InvitationStatus } from "@usher/model/Invitation"
import * as times from "@usher/admin/Times"
import { describe } from "../../config/SchemaErrors.ts"
import { usage } from "./failure.ts"
import { choicesFlag, intFlag, textFlag } from "./flags.ts"
import { timeFlag } from "./timeFlag.ts"

const common = {
  source: textFlag("source", "Filter by source"),
  live: textFlag("live", "Filter by Live"),
  person: textFlag("person", "Filter by person: an email address in any spelling, or a Spot member id"),
  from: timeFlag("from", "Start of the time range").pipe(Flag.optional),
  to: timeFlag("to", "End of the time range, exclusive").pipe(Flag.optional)
}

export const webhookFilter = {
  ...common,
  status: choicesFlag("status", Webhook.WebhookStatus.literals, "Filter by status"),
  text: textFlag("text", "Filter by text in the body, ignoring case")
}

export const invitationFilter = {
  ...common,
  spot: textFlag("spot", "Filter by Spot"),
  status: choicesFlag("status", InvitationStatus.literals, "Filter by status"),
  webhook: textFlag("webhook", "Filter by the webhook that requested the invitation"),
  error: textFlag(
    "error",
    "Filter by the cause in: usher dead-letters, such as UpstreamUnavailable; none for no error"
  ).pipe(Flag.map(Option.map((tag) => (tag === "none" ? null : tag))))
}

export const pageFlags = {
  limit: intFlag("limit", { minimum: 1, maximum: Page.maxLimit }).pipe(
    Flag.withDefault(Page.defaultLimit),
    Flag.withDescription("Page size, 1 to 500. Default: 50")
  ),
  after: textFlag("after", "Show the next page: the cursor printed at the end of the previous page")
}

type Given = Readonly<Record<string, unknown>>

type Present<Flags> = {
  readonly [Name in keyof Flags]?: Flags[Name] extends Option.Option<infer A> ? A : Flags[Name]
}

/** The flags that were given, without absent options and empty lists. */
export const present = <Flags extends Given>(flags: Flags) =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) => {
      if (Option.isOption(value)) return Option.isSome(value) ? [[name, value.value]] : []
      return Array.isArray(value) && value.length === 0 ? [] : [[name, value]]
    })
  ) as Present<Flags>

const filterOf = <S extends Schema.Top & { readonly DecodingServices: never }>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(Schema.toType(schema))
  return (flags: Given) =>
    Effect.mapError(decode(present(flags)), ({ issue }) =>
      usage(`The filter can't be used: ${describe(issue).join("; ")}.`)
    )
}

export const webhooksOf = filterOf(Webhooks.Filter)

export const invitationsOf = filterOf(Invitations.Filter)

/**
 * A selection for a command that changes something: a filter, or `all` alone. `instead` names the other flags in messages,
 * such as `ids or --source`.
 */
export const selected = <Filter extends Given>(
  filter: Filter,
  { all, instead }: { readonly all: boolean; readonly instead: string }
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

/** Fails for times that would select everything, or nothing. */
export const inTime = (flags: times.Times) =>
  Effect.flatMap(DateTime.now, (now) => {
    const [problem] = times.wrongWith(flags, now)
    return problem === undefined ? Effect.void : Effect.fail(usage(`--${problem}.`))
  })
