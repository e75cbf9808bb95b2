/** `usher senders`: the known senders, and what a source needs for one of them. */
import { Duration, Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { type DeliveryId, type Sender, Senders } from "@usher/signatures"
import { jsonFlag } from "../support/flags.ts"
import { count, lines, listing, print } from "../support/print.ts"
import { table } from "../support/table.ts"
import { unknownSender } from "./signing.ts"

export const senders = Command.make(
  "senders",
  {
    name: Argument.String("name").pipe(
      Argument.optional,
      Argument.withDescription("The name of a sender, such as typeform")
    ),
    json: jsonFlag
  },
  Effect.fnUntraced(function* ({ name, json }) {
    if (Option.isNone(name)) {
      return yield* print(json, Senders.all.map(toJson), () => listing(Senders.all.map(row), ""))
    }
    const sender = Senders.get(name.value)
    if (Option.isNone(sender)) return yield* unknownSender(name.value, [])
    yield* print(json, toJson(sender.value), () => describe(sender.value))
  })
).pipe(
  Command.withDescription(
    "List the known senders of webhooks; with a name, describe one: its documentation, how it proves its deliveries, its events, and an example of a source"
  ),
  Command.withExamples([
    { command: "usher senders", description: "Every sender" },
    { command: "usher senders typeform", description: "What a source for Typeform needs" }
  ]),
  Command.withShortDescription("List the known senders of webhooks, and describe one")
)

const row = (sender: Sender.Sender) => ({
  Sender: sender.name,
  Title: sender.title,
  Verification: sender.scheme.scheme,
  Address: sender.email === undefined ? "set member" : "known",
  "Sign-up events": sender.events?.signUps.join(", ") ?? "every delivery"
})

const toJson = (sender: Sender.Sender) => ({
  name: sender.name,
  title: sender.title,
  scheme: sender.scheme.scheme,
  deliveryId: sender.deliveryId,
  handshake: sender.handshake ?? null,
  events: sender.events ?? null,
  deadlineMs: Duration.toMillis(sender.acknowledge.deadline),
  retryHorizonMs: sender.retryHorizon === undefined ? null : Duration.toMillis(sender.retryHorizon),
  email: sender.email ?? null,
  grade: sender.grade,
  docs: sender.docs,
  note: sender.note ?? null,
  weakness: sender.weakness ?? null
})

const grades: Readonly<Record<Sender.Grade, string>> = {
  A: "the sender's own documentation or SDK",
  B: "a copy of the sender's documentation, or parts of it and a third party",
  C: "third parties only: check it with a real delivery first"
}

const describe = (sender: Sender.Sender): string => {
  const { acknowledge, email, events, handshake, note, retryHorizon, weakness } = sender
  return lines([
    table(
      [sender.title, `sender: ${sender.name}`],
      [
        ["Documentation", sender.docs],
        ["Verification", sender.scheme.scheme],
        ["Known from", grades[sender.grade]],
        ["Delivery id", idOf(sender.deliveryId)],
        ["Handshake", handshake === undefined ? "none" : `${handshake}, which the relay answers`],
        ["Sign-up events", events === undefined ? "every delivery" : events.signUps.join(", ")],
        ["Address", email ?? "not in the body, or unknown: set invite.member"],
        ["Answer within", Duration.format(acknowledge.deadline)],
        ["Retries", retryHorizon === undefined ? "none, or unknown" : `for ${Duration.format(retryHorizon)}`]
      ]
    ),
    note !== undefined && `\n${note}`,
    weakness !== undefined && `\n${weakness}`,
    "\nA source for it, whose URL usher check prints:\n",
    sourceOf(sender)
  ])
}

/** An example for the section `sources`. */
const sourceOf = ({ email, name, scheme }: Sender.Sender): string =>
  lines([
    "  my-form:",
    `    sender: ${name}`,
    name === "custom" && "    verify: { scheme: hmac, header: x-signature }",
    scheme.scheme !== "none" && "    secrets: [{ env: MY_FORM_SECRET }]",
    "    spot: main",
    `    invite: { live: id-of-the-live${email === undefined ? ", member: { expr: path.to.the.address }" : ""} }`
  ])

const idOf = (id: DeliveryId.DeliveryId): string => {
  if ("first" in id) return id.first.map(idOf).join(", or else ")
  if ("all" in id) return `${count(id.all.length, "value")} together: ${id.all.map(idOf).join(", ")}`
  if ("header" in id) return `the header ${id.header}`
  if ("form" in id) return `the field ${id.form} of the form`
  if ("json" in id) return `${id.json} in the body`
  return "none: the same body counts as a retry within a window"
}
