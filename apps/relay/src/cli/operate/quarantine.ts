/** `usher quarantine`: refused deliveries, and releasing them once the secret or the configuration is right. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Display, type Quarantine } from "@usher/admin"
import { bodyOf } from "../look/webhooks.ts"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Reported } from "../support/exit.ts"
import { Failed } from "../support/failure.ts"
import { notBlank, pageFlags, present, selected } from "../support/filters.ts"
import { count, listing, more, print, time } from "../support/print.ts"
import { table } from "../support/table.ts"

const sourceFlag = Flag.String("source").pipe(
  Flag.optional,
  Flag.withDescription("Only deliveries of this source")
)

const list = Command.make(
  "list",
  { source: sourceFlag, ...pageFlags, ...accessFlags },
  Effect.fnUntraced(function* ({ source, limit, after, json }) {
    const client = yield* AdminClient
    const query = { limit, ...present({ source, after }) }
    const found = yield* client.quarantine.list({ query })
    yield* print(
      json,
      found,
      () =>
        listing(
          ["Id", "Received", "Source", "Times", "Reason"],
          found.items.map(({ id, receivedAt, source, times, reason }) => [
            id,
            time(receivedAt),
            source,
            times,
            reason
          ]),
          "No deliveries in quarantine."
        ) + more(found.next)
    )
  })
).pipe(Command.withDescription("Refused deliveries, newest first"), withAccess)

const show = Command.make(
  "show",
  {
    id: Argument.String("id").pipe(Argument.withDescription("The id of the delivery, such as qu_01K…")),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ id, json }) {
    const client = yield* AdminClient
    const found = yield* client.quarantine.get({ params: { id } })
    yield* print(json, found, () => detail(found))
  })
).pipe(
  Command.withDescription(
    "Show one refused delivery with the reason, a new verification, possible causes, headers and body. Exit code 3 if the id is unknown"
  ),
  withAccess
)

const detail = ({
  delivery,
  headers,
  body,
  verifies,
  refusal,
  findings,
  untried
}: Quarantine.Detail): string =>
  [
    table(
      ["Delivery", delivery.id],
      [
        ["Source", `${delivery.source} (${delivery.sender})`],
        [
          "Received",
          `${time(delivery.receivedAt)}${delivery.times === 1 ? "" : `, ${delivery.times} times since ${time(delivery.firstAt)}`}`
        ],
        ["Refused", `${delivery.reason}: ${delivery.detail}`],
        [
          "Now",
          verifies
            ? `valid. To accept it: usher quarantine release ${delivery.id}`
            : `still not valid${refusal === null ? "" : `: ${reasonOf(refusal)}`}`
        ]
      ]
    ),
    ...(findings.length === 0
      ? []
      : ["", "Possible fixes:", ...findings.map(({ sentence }) => `  - ${Display.line(sentence)}`)]),
    ...(untried === null ? [] : ["", untried]),
    "",
    ...Object.entries(headers).map(([name, value]) => Display.line(`${name}: ${value}`)),
    "",
    bodyOf(body)
  ].join("\n")

const reasonOf = ({ reason, detail }: Pick<Quarantine.Stayed, "reason" | "detail">) => `${reason}: ${detail}`

const which = {
  ids: Argument.String("id").pipe(Argument.atLeast(0), Argument.withDescription("The ids of the deliveries")),
  source: sourceFlag,
  all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("Every delivery in quarantine"))
}

interface Which {
  readonly ids: ReadonlyArray<string>
  readonly source: Option.Option<string>
  readonly all: boolean
}

const payloadOf = Effect.fnUntraced(function* ({ ids, source, all }: Which) {
  yield* notBlank("An id", ids)
  yield* notBlank("--source", Option.toArray(source))
  const filter = {
    ...(ids.length === 0 ? {} : { ids }),
    ...Option.match(source, { onNone: () => ({}), onSome: (source) => ({ source }) })
  }
  return yield* selected(filter, { all, instead: "ids or --source" })
})

/** Exit code 3, after everything else was done and printed. */
const unlessUnknown = (unknown: ReadonlyArray<string>) =>
  unknown.length === 0
    ? Effect.void
    : Effect.fail(
        new Failed({ kind: "missing", message: `Not in quarantine: ${unknown.join(", ")}. Check the ids.` })
      )

const release = Command.make(
  "release",
  {
    ...which,
    unverified: Flag.Boolean("unverified").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Also accept deliveries that do not verify. Anyone may have sent them")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ unverified, yes, json, ...input }) {
    const client = yield* AdminClient
    const payload = yield* payloadOf(input)
    if (unverified) {
      yield* confirm(
        "This also accepts deliveries that do not verify. Anyone may have sent them.",
        "Accept them?",
        yes
      )
    }
    const done = yield* client.quarantine.release({
      payload: { ...payload, ...(unverified ? { unverified } : {}) }
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

const released = ({
  released,
  duplicates,
  refused,
  reasons,
  stayed,
  unknown
}: Quarantine.Released): string => {
  if (released + refused === 0) {
    return unknown.length > 0
      ? "Released 0 deliveries."
      : "Nothing to release: no matching deliveries in quarantine."
  }
  const before = duplicates === 0 ? "" : `; ${duplicates} of them had been accepted before`
  const lines = [`Released ${count(released, "delivery", "deliveries")}${before}.`]
  if (refused === 0) return lines.join("\n")
  lines.push(
    `${count(refused, "delivery stays", "deliveries stay")} in quarantine:`,
    ...stayed.map((one) => `  ${one.id}  ${one.source}  ${reasonOf(one)}`)
  )
  if (stayed.length < refused) {
    const counts = Object.entries(reasons).map(
      ([reason, number]) => `${reason} ${number.toLocaleString("en")}`
    )
    lines.push(
      `  and ${(refused - stayed.length).toLocaleString("en")} more. By reason: ${counts.join(", ")}`
    )
  }
  return lines.join("\n")
}

const discard = Command.make(
  "discard",
  { ...which, yes: yesFlag, ...accessFlags },
  Effect.fnUntraced(function* ({ yes, json, ...input }) {
    const client = yield* AdminClient
    const payload = yield* payloadOf(input)
    yield* confirm("Discarded deliveries can't be released later.", "Discard them?", yes)
    const done = yield* client.quarantine.discard({ payload })
    yield* print(json, done, () => `Discarded ${count(done.discarded, "delivery", "deliveries")}.`)
    yield* unlessUnknown(done.unknown)
  })
).pipe(Command.withDescription("Delete refused deliveries. Exit code 3 if an id is unknown"), withAccess)

export const quarantine = Command.make("quarantine").pipe(
  Command.withDescription(
    "Show refused deliveries, and release them after the secret or the configuration was corrected"
  ),
  Command.withSubcommands([list, show, release, discard])
)
