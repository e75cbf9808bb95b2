/** Arguments and flags that select invitations to change: ids, a filter, or all. */
import { DateTime, Effect } from "effect"
import { Argument, type Command } from "effect/cli"
import { Display, type Invitations, Page } from "@usher/admin"
import type { Client } from "./access.ts"
import { missing, usage } from "./failure.ts"
import { invitationFilter, invitationsOf, inTime, selected } from "./filters.ts"
import { switchFlag } from "./flags.ts"
import { quoted } from "./shell.ts"

/** `all` describes the flag `--all`. */
export const chosenInvitations = (all: string) => ({
  ids: Argument.String("id").pipe(
    Argument.atLeast(0),
    Argument.withDescription(
      "Ids of invitations (inv_…), or the id of one webhook for all its invitations (wh_…)"
    )
  ),
  filter: invitationFilter,
  all: switchFlag("all", all)
})

type Chosen = Command.Command.Config.Infer<ReturnType<typeof chosenInvitations>>

/** The selection that the arguments and flags name. Fails where they name none, or two. */
export const selectionOf = Effect.fnUntraced(function* ({ ids, all, filter: flags }: Chosen) {
  const [webhook, ...others] = ids.filter((id) => id.startsWith("wh_"))
  const named = ids.filter((id) => !id.startsWith("wh_"))
  if (others.length > 0 || (webhook !== undefined && named.length > 0)) {
    return yield* usage("Give the id of one webhook, or ids of invitations.")
  }
  const filter = yield* invitationsOf({ ...flags, ids: named, ...(webhook ? { webhook } : {}) })
  const selection = yield* selected(filter, { all, instead: "ids, --source, --live or another filter" })
  yield* inTime({ from: filter.from, to: filter.to })
  return selection
})

/** In characters: the longest selection that a sentence repeats. */
const maxLength = 200

/**
 * The selection without its statuses, as arguments of another command; empty if it selects all. Undefined if it is too
 * long to repeat, or can't be copied from a terminal.
 */
export const sameSelection = ({
  ids = [],
  from,
  to,
  error,
  ...texts
}: Invitations.Chosen): string | undefined => {
  const { source, live, person, spot, webhook } = texts
  const flags = Object.entries({
    source,
    live,
    person,
    from: from && DateTime.formatIso(from),
    to: to && DateTime.formatIso(to),
    spot,
    webhook,
    error: error === null ? "none" : error
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
  const text = [...ids, ...flags].map(quoted).join(" ")
  return text.length <= maxLength && Display.escape(text) === text ? text : undefined
}

/** Fails for ids that name nothing, if a plan is smaller than the selection of ids. */
export const refuseUnknown = Effect.fnUntraced(function* (
  { invitations, webhooks }: Client,
  { ids = [], webhook }: Invitations.Chosen,
  plan: { readonly invitations: number }
) {
  if (ids.length > plan.invitations) {
    const { items } = yield* invitations.search({ payload: { ids, limit: Page.maxLimit } })
    const known = new Set(items.map(({ id }) => id))
    const others = [...new Set(ids)].filter((id) => !known.has(id))
    if (others.length > 0) return yield* unknown("invitation", others)
  }
  if (webhook !== undefined && plan.invitations === 0) {
    const { items } = yield* webhooks.search({ payload: { ids: [webhook], limit: 1 } })
    if (items.length === 0) return yield* unknown("webhook", [webhook])
  }
})

const unknown = (what: string, ids: ReadonlyArray<string>) => {
  const names = Display.line(ids.join(", "))
  return missing(
    ids.length === 1
      ? `There is no ${what} ${names}, or it was purged. Nothing was done.`
      : `There are no ${what}s ${names}, or they were purged. Nothing was done.`
  )
}
