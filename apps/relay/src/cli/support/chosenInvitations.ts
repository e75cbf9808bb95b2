/** Arguments and flags that select invitations to change: ids, a filter, or all. */
import { Effect } from "effect"
import { Argument, type Command } from "effect/cli"
import { usage } from "./failure.ts"
import { invitationFilter, invitationsOf, inTime, selected } from "./filters.ts"
import { switchFlag } from "./flags.ts"

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
