/** `usher quarantine`: show refused deliveries, release or discard them. */
import { Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { Display } from "@usher/admin"
import type { Refusal, Released, ReleasePlan } from "@usher/model/Quarantined"
import { requestText } from "../look/webhooks.ts"
import { accessFlags, AdminClient, type Client, query, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Reported } from "../support/exit.ts"
import { missing, usage } from "../support/failure.ts"
import { pageFlags, present, selected } from "../support/filters.ts"
import { planFlag, switchFlag, textFlag } from "../support/flags.ts"
import { count, lines, page, print, time } from "../support/print.ts"
import { table } from "../support/table.ts"

const sourceFlag = textFlag("source", "Only deliveries of this source")

const list = query(
  "list",
  { source: sourceFlag, ...pageFlags },
  (client, { limit, source, after }) =>
    client.quarantine.list({ query: { limit, ...present({ source, after }) } }),
  (found) =>
    page(
      found,
      ({ id, lastAt, source, times, reason }) => ({
        Id: id,
        Received: time(lastAt),
        Source: source,
        Times: times,
        Reason: reason
      }),
      "No deliveries in quarantine."
    )
).pipe(
  Command.withDescription("Refused deliveries, newest first"),
  Command.withExamples([
    {
      command: "usher quarantine list --source webinar-form",
      description: "Refused deliveries of one source"
    }
  ])
)

const show = query(
  "show",
  { id: Argument.String("id").pipe(Argument.withDescription("The id of the delivery, such as qu_01K…")) },
  (client, params) => client.quarantine.get({ params }),
  ({ delivery, headers, body, verifies, refusal, findings, untried }) => {
    const { firstAt, id, lastAt, message, reason, sender, source, times } = delivery
    return lines([
      table(
        ["Delivery", id],
        [
          ["Source", `${source} (${sender})`],
          ["Received", `${time(lastAt)}${times === 1 ? "" : `, ${times} times since ${time(firstAt)}`}`],
          ["Refused", `${reason}: ${message}`],
          [
            "Now",
            verifies
              ? `valid. To accept it: usher quarantine release ${id}`
              : `still not valid${refusal === null ? "" : `: ${reasonOf(refusal)}`}`
          ]
        ]
      ),
      findings.length > 0 && "\nPossible fixes:",
      ...findings.map(({ sentence }) => `  - ${Display.line(sentence)}`),
      untried && `\n${untried}`,
      "",
      requestText(headers, body)
    ])
  }
).pipe(
  Command.withDescription(
    "Show one refused delivery with the reason, a new verification, possible causes, headers and body. Exit code 3 if the id is unknown"
  ),
  Command.withExamples([
    {
      command: "usher quarantine show qu_01K…",
      description: "Why one delivery was refused, and what to correct"
    }
  ])
)

const reasonOf = ({ reason, message }: Refusal) => `${reason}: ${message}`

const which = {
  ids: Argument.String("id").pipe(Argument.atLeast(0), Argument.withDescription("The ids of the deliveries")),
  source: sourceFlag,
  all: switchFlag("all", "Every delivery in quarantine")
}

const payloadOf = Effect.fnUntraced(function* ({
  ids,
  source,
  all
}: Command.Command.Config.Infer<typeof which>) {
  // A script passes a blank text for a variable that is not set.
  const isBlank = (text: string) => text.trim() === ""
  if (ids.some(isBlank)) return yield* usage("An id is blank.")
  if (Option.exists(source, isBlank)) return yield* usage("--source is blank.")
  return yield* selected(present({ ids, source }), { all, instead: "ids or --source" })
})

const planText = ({ deliveries, verifying, reasons }: ReleasePlan): string =>
  lines(
    [
      `${count(deliveries, "delivery", "deliveries")} in quarantine: ${verifying.toLocaleString("en")} verify now`,
      ...reasonCounts(reasons)
    ],
    ", "
  )

const reasonCounts = (reasons: Released["reasons"]): ReadonlyArray<string> =>
  Object.entries(reasons).map(([reason, number]) => `${reason} ${number.toLocaleString("en")}`)

/** Prints the plan of a release or a discard. */
const showPlan = Effect.fnUntraced(function* (
  client: Client,
  payload: Effect.Success<ReturnType<typeof payloadOf>>,
  json: boolean
) {
  const plan = yield* client.quarantine.plan({ payload })
  yield* print(json, { plan }, () => planText(plan))
  yield* unlessUnknown(plan.unknown)
})

/** Fails with exit code 3 after the command has handled and printed the known ids. */
const unlessUnknown = (unknown: ReadonlyArray<string>) =>
  unknown.length === 0
    ? Effect.void
    : Effect.fail(missing(`Not in quarantine: ${unknown.join(", ")}. Check the ids.`))

const release = Command.make(
  "release",
  {
    ...which,
    unverified: switchFlag(
      "unverified",
      "Also accept deliveries that do not verify. Anyone may have sent them"
    ),
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ unverified, planOnly, yes, json, ...input }) {
    const client = yield* AdminClient
    const payload = yield* payloadOf(input)
    if (planOnly) return yield* showPlan(client, payload, json)
    const plan = unverified ? yield* client.quarantine.plan({ payload }) : undefined
    if (plan !== undefined) {
      yield* confirm(
        `${planText(plan)}\nThis also accepts deliveries that do not verify. Anyone may have sent them.`,
        "Accept them?",
        yes
      )
    }
    const done = yield* client.quarantine.release({
      payload: { ...payload, ...(plan === undefined ? {} : { unverified, asOf: plan.asOf }) }
    })
    yield* print(json, done, () => released(done))
    yield* unlessUnknown(done.unknown)
    if (done.refused > 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Verify refused deliveries again with the current secrets, and accept the valid ones. Prints why others stay. Exit code 0 if all selected deliveries were released, 1 if any stays, 3 if an id is unknown"
  ),
  Command.withShortDescription("Verify refused deliveries again and accept those that verify"),
  Command.withExamples([
    {
      command: "usher quarantine release --source webinar-form",
      description: "Release the valid deliveries of one source after its secret was corrected"
    },
    { command: "usher quarantine release --all", description: "Release the valid deliveries of every source" }
  ]),
  withAccess
)

const released = ({ released, duplicates, refused, reasons, stayed, unknown }: Released): string => {
  if (released + refused === 0) {
    return unknown.length > 0
      ? "Released 0 deliveries."
      : "Nothing to release: no matching deliveries in quarantine."
  }
  const before = duplicates === 0 ? "" : `; ${duplicates} of them had been accepted before`
  return lines([
    `Released ${count(released, "delivery", "deliveries")}${before}.`,
    refused > 0 && `${count(refused, "delivery stays", "deliveries stay")} in quarantine:`,
    ...stayed.map((one) => `  ${one.id}  ${one.source}  ${reasonOf(one)}`),
    stayed.length < refused &&
      `  and ${(refused - stayed.length).toLocaleString("en")} more. By reason: ${reasonCounts(reasons).join(", ")}`
  ])
}

const discard = Command.make(
  "discard",
  { ...which, planOnly: planFlag, yes: yesFlag, ...accessFlags },
  Effect.fnUntraced(function* ({ planOnly, yes, json, ...input }) {
    const client = yield* AdminClient
    const payload = yield* payloadOf(input)
    if (planOnly) return yield* showPlan(client, payload, json)
    const plan = yield* client.quarantine.plan({ payload })
    yield* confirm(`${planText(plan)}\nDiscarded deliveries can't be released later.`, "Discard them?", yes)
    const done = yield* client.quarantine.discard({ payload: { ...payload, asOf: plan.asOf } })
    yield* print(json, done, () => `Discarded ${count(done.discarded, "delivery", "deliveries")}.`)
    yield* unlessUnknown(done.unknown)
  })
).pipe(
  Command.withDescription("Delete refused deliveries. Exit code 3 if an id is unknown"),
  Command.withExamples([
    { command: "usher quarantine discard qu_01K…", description: "One delivery" },
    { command: "usher quarantine discard --source webinar-form --yes", description: "From a script" }
  ]),
  withAccess
)

export const quarantine = Command.make("quarantine").pipe(
  Command.withDescription(
    "Show refused deliveries, and release them after the secret or the configuration was corrected"
  ),
  Command.withSubcommands([list, show, release, discard])
)
