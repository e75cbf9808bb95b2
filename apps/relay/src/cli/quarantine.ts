/** `usher quarantine`: deliveries that were refused, to be released once the secret is mended. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Display, type Quarantine } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "./access.ts"
import { confirm, yesFlag } from "./confirm.ts"
import { Failed } from "./failure.ts"
import { pageFlags, present } from "./filters.ts"
import { count, listing, more, print, time } from "./print.ts"
import { table } from "./table.ts"
import { bodyOf } from "./webhooks.ts"

const sourceFlag = Flag.String("source").pipe(Flag.optional, Flag.withDescription("Of this source"))

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
          ["Id", "Came", "Source", "Times", "Reason"],
          found.items.map(({ id, receivedAt, source, times, reason }) => [
            id,
            time(receivedAt),
            source,
            times,
            reason
          ]),
          "Nothing is in quarantine."
        ) + more(found.next)
    )
  })
).pipe(Command.withDescription("Refused deliveries, newest first"), withAccess)

const show = Command.make(
  "show",
  { id: Argument.String("id").pipe(Argument.withDescription("Of the delivery")), ...accessFlags },
  Effect.fnUntraced(function* ({ id, json }) {
    const client = yield* AdminClient
    const found = yield* client.quarantine.get({ params: { id } })
    yield* print(json, found, () => detail(found))
  })
).pipe(
  Command.withDescription(
    "Show one refused delivery: why it was refused, what may explain it, headers and body"
  ),
  withAccess
)

const detail = ({ delivery, headers, body, verifies, findings }: Quarantine.Detail): string =>
  [
    table(
      ["Delivery", delivery.id],
      [
        ["Source", `${delivery.source} (${delivery.sender})`],
        [
          "Came",
          `${time(delivery.receivedAt)}${delivery.times === 1 ? "" : `, ${delivery.times} times since ${time(delivery.firstAt)}`}`
        ],
        ["Refused", `${delivery.reason}: ${delivery.detail}`],
        ["Now", verifies ? "it verifies: usher quarantine release takes it" : "it still does not verify"]
      ]
    ),
    ...(findings.length === 0
      ? []
      : ["", "What helps:", ...findings.map(({ sentence }) => `  - ${Display.line(sentence)}`)]),
    "",
    ...Object.entries(headers).map(([name, value]) => Display.line(`${name}: ${value}`)),
    "",
    bodyOf(body)
  ].join("\n")

const which = {
  ids: Argument.String("id").pipe(Argument.atLeast(0), Argument.withDescription("Of the deliveries")),
  source: sourceFlag,
  all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("All that are there"))
}

interface Which {
  readonly ids: ReadonlyArray<string>
  readonly source: Option.Option<string>
  readonly all: boolean
}

/** Everything is meant only by those who say so. */
const payloadOf = ({ ids, source, all }: Which) =>
  ids.length === 0 && Option.isNone(source) && !all
    ? Effect.fail(new Failed({ kind: "usage", message: "Say which: ids, --source, or --all." }))
    : Effect.succeed({ ...(ids.length === 0 ? {} : { ids }), ...present({ source }) })

const release = Command.make(
  "release",
  {
    ...which,
    unverified: Flag.Boolean("unverified").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Without verifying them: you answer for it that their sender sent them")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ unverified, yes, json, ...input }) {
    const client = yield* AdminClient
    const payload = yield* payloadOf(input)
    if (unverified) {
      yield* confirm(
        "They would be accepted without being verified: anybody may have sent them.",
        "Accept them?",
        yes
      )
    }
    const done = yield* client.quarantine.release({
      payload: { ...payload, ...(unverified ? { unverified } : {}) }
    })
    yield* print(
      json,
      done,
      () =>
        `${count(done.released, "delivery", "deliveries")} released` +
        (done.refused === 0 ? "." : `; ${done.refused} still do not verify and stay.`)
    )
  })
).pipe(
  Command.withDescription(
    "Verify refused deliveries again, with the present secrets, and accept those that verify"
  ),
  withAccess
)

const discard = Command.make(
  "discard",
  { ...which, yes: yesFlag, ...accessFlags },
  Effect.fnUntraced(function* ({ yes, json, ...input }) {
    const client = yield* AdminClient
    const payload = yield* payloadOf(input)
    yield* confirm("What is discarded can't be released any more.", "Discard it?", yes)
    const done = yield* client.quarantine.discard({ payload })
    yield* print(json, done, () => `${count(done.discarded, "delivery", "deliveries")} discarded.`)
  })
).pipe(Command.withDescription("Let go of refused deliveries"), withAccess)

export const quarantine = Command.make("quarantine").pipe(
  Command.withDescription("Deliveries that were refused: why, and releasing them once the secret is mended"),
  Command.withSubcommands([list, show, release, discard])
)
