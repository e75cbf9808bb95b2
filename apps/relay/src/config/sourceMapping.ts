/** The mapping of a source: its own rules, and the defaults of its sender. */
import { Effect } from "effect"
import { Mapping, SignUps } from "@usher/engine"
import type { Sender } from "@usher/signatures"
import type { Problems } from "./Problem.ts"
import type { SourceDraft } from "./SourceConfig.ts"

/**
 * Makes the mapping of a source, with the default path and events of its sender. Notes problems, and is undefined with any.
 * In an incomplete source (`isWhole` is false), missing keys are not reported again.
 */
export const mappingOf = Effect.fnUntraced(function* (
  { invite, when, events }: Pick<SourceDraft, "invite" | "when" | "events">,
  sender: Sender.Sender | undefined,
  problems: Problems,
  isWhole = true
) {
  const usual = sender?.email === undefined ? undefined : { expr: sender.email }
  const { live, member = usual } = invite ?? {}
  if (member === undefined && sender !== undefined && isWhole) {
    yield* problems.note(
      ["invite", "member"],
      `the sender ${sender.name} has no default place of the address: give { expr: … }`
    )
  }
  const signUps = signUpsOf(events, sender)
  if (signUps === unknownPlace && sender !== undefined) {
    yield* problems.note(
      ["events"],
      `the place of the event name is unknown for ${sender.name}: give { name: { json: … }, signUps: [ … ] }`
    )
  }
  const expressions = { ...invite, ...(when === undefined ? {} : { when }) }
  const wrong = Mapping.wrongIn(expressions)
  yield* Effect.forEach(wrong, (error) =>
    problems.note(error.field === "when" ? ["when"] : ["invite", error.field], withoutExpression(error))
  )
  if (live === undefined || member === undefined || signUps === unknownPlace || wrong.length > 0)
    return undefined
  const rules: Mapping.Rules = {
    ...expressions,
    live,
    member,
    ...(signUps === undefined ? {} : { events: signUps })
  }
  return yield* Effect.orDie(Mapping.make(rules))
})

/** The error without its quotes from the expression, apart from punctuation. The path identifies the expression. */
const withoutExpression = ({ detail, position }: Mapping.InvalidExpression): string => {
  const where = position === undefined ? "" : `, at character ${position}`
  const quoting = /"[^"]*[\p{L}\p{N}][^"]*"|\d{10,}/gu
  return detail.replaceAll(quoting, "…") + where
}

const unknownPlace = "unknown place"

const signUpsOf = (
  events: SourceDraft["events"],
  sender: Sender.Sender | undefined
): Mapping.Rules["events"] | typeof unknownPlace => {
  if (events === undefined) return sender === undefined ? undefined : SignUps.ofSender(sender)
  if (events === "all" || "name" in events) return events
  return sender?.events === undefined ? unknownPlace : { name: sender.events.name, signUps: events }
}
