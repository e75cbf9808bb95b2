/** `usher replay`: send finished invitations again. */
import { Effect, Schema } from "effect"
import { Command } from "effect/cli"
import { type Invitations, Page, type Replays } from "@usher/admin"
import { DeadLetterStatus, FinishedStatus, ReplayableStatus } from "@usher/model/Invitation"
import { accessFlags, AdminClient, type Client, withAccess } from "../support/access.ts"
import { chosenInvitations, refuseUnknown, selectionOf } from "../support/chosenInvitations.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { missing } from "../support/failure.ts"
import { planFlag } from "../support/flags.ts"
import { fullPage } from "../support/fullPage.ts"
import { delayText } from "../support/holds.ts"
import { count, either, length, lines, print } from "../support/print.ts"
import { goesOn, workOff } from "../support/workOff.ts"

export const replay = Command.make(
  "replay",
  {
    ...chosenInvitations("Select every dead letter"),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ planOnly, yes, json, ...chosen }) {
    const client = yield* AdminClient
    const payload = yield* selectionOf(chosen)
    const plan = yield* client.replays.plan({ payload })
    yield* refuseUnknown(client, payload, plan)
    const nothing = plan.invitations === 0 ? yield* nothingText(client, payload) : undefined
    const text = nothing ?? lines([planText(plan), parkedText(plan), ...(yield* delays(client, plan))])
    if (planOnly) return yield* print(json, { plan }, () => text)
    if (nothing !== undefined) return yield* missing(nothing)
    yield* confirm(text, "Send them again?", yes)
    const selection = { ...payload, asOf: plan.asOf }
    const done = yield* workOff(client, {
      what: "Replaying",
      job: { kind: "replay", selection, total: plan.invitations },
      here: client.replays.invitations({ payload: selection })
    })
    yield* print(
      json,
      { plan, replayed: done },
      () => `Queued ${count(done, "invitation")}. New webhooks have a higher priority.`
    )
  })
).pipe(
  Command.withDescription(
    "Send finished invitations again, with a lower priority than new webhooks. Default: dead letters (rejected and exhausted); by ids also expired and cancelled ones. " +
      "The command first shows the number of invitations, people and calls and the expected duration, and asks for confirmation. " +
      goesOn
  ),
  Command.withExamples([
    { command: "usher replay inv_01K…", description: "One invitation" },
    { command: "usher replay --live 3f0c… --status exhausted --plan", description: "Show the plan" },
    { command: "usher replay --source webinar-form --from '3 days' --yes", description: "From a script" }
  ]),
  Command.withShortDescription("Send dead letters or other finished invitations again"),
  withAccess
)

/** Why a replay sends nothing: a plan leaves out the invitations whose deadline has passed. */
const nothingText = Effect.fnUntraced(function* (
  client: Client,
  { all: _all, ...filter }: Invitations.Chosen
) {
  const isNamed = filter.ids !== undefined || filter.webhook !== undefined
  const status = filter.status ?? (isNamed ? ReplayableStatus : DeadLetterStatus).literals
  const { items, next } = yield* fullPage(
    (page) => client.invitations.search({ payload: { ...filter, status, ...page } }),
    { limit: Page.maxLimit }
  )
  // A forgotten person can't be invited, whatever the deadline is.
  const late = items.filter(({ member, status }) => member !== null && isFinished(status)).length
  const what = filter.status || isNamed ? either(status) : "dead letter"
  if (late === 0) return `No matching ${what} invitations. Nothing was done.`
  if (late === 1) return `1 ${what} invitation matches, but its deadline has passed: it can't be sent.`
  const number = `${late.toLocaleString("en")}${next === null ? "" : " or more"}`
  return `${number} ${what} invitations match, but their deadline has passed: they can't be sent.`
})

const isFinished = Schema.is(FinishedStatus)

/** What delays the calls of the Spots that send them. */
const delays = (client: Client, { spots }: Replays.Plan) =>
  Effect.map(client.budget.get(), (budgets) =>
    budgets.filter(({ spot }) => spots.includes(spot)).map(delayText)
  )

const parkedText = ({ parked }: Replays.Plan) =>
  parked > 0 &&
  `${count(parked, "invitation")} to parked Lives: sent once MeltingSpot knows the Live (usher lives list --parked).`

/** The relay computes the duration for an unused budget. */
const planText = ({ invitations, people, lives, calls, durationMs }: Replays.Plan): string =>
  `${count(invitations, "invitation")} of ${count(people, "person", "people")} to ${count(lives, "Live")}: ` +
  `${count(calls, "call")} to MeltingSpot; minimum duration: ${length(durationMs)}.`
