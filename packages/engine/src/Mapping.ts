/**
 * From a webhook's meaning to invitations. A mapping runs after the answer was given: a broken one loses nothing.
 */
import { Effect, Predicate, Result, Schema } from "effect"
import { Invitation } from "@usher/core"
import jsonata from "jsonata"
import { Expressions, limits } from "./Expressions.ts"
import { jsonOf, notJson } from "./internal/body.ts"
import { leftOut, nobodyIn, read } from "./internal/people.ts"
import type { Failed, Field, Found, Job } from "./internal/expressions/protocol.ts"
import { sha256 } from "./internal/inbox/digest.ts"
import type { Mapped } from "./Webhook.ts"

/**
 * What a mapping sees of a webhook.
 *
 * @category models
 * @since 0.1.0
 */
export interface Event {
  readonly source: string
  readonly headers: Readonly<Record<string, string>>
  /** As it came in. */
  readonly body: Uint8Array
  /** Of the ids of the Spot's members, besides UUIDs. */
  readonly memberId?: RegExp | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Mapping {
  /** Short, and another one where the rules are others; it stays with each webhook that is mapped. */
  readonly version: string
  /** Where it was made of rules. */
  readonly rules?: Rules | undefined
  readonly map: (event: Event) => Effect.Effect<Mapped, never, Expressions>
}

/**
 * A JSONata expression over the body; `$headers` and `$source` are bound.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Expression = Schema.Struct({
  expr: Schema.NonEmptyString.annotateKey({
    description: "a JSONata expression over the body; $headers and $source are bound"
  })
})

/**
 * How invitations are made, as it stands in a configuration file: literals or expressions. An expression for `live` or
 * `member` may give one value, several in an array, or none.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Rules = Schema.Struct({
  live: Schema.Union([Invitation.LiveId, Expression]),
  /** An expression; the sender's usual path to the person's address where it is left out. */
  member: Expression,
  invitedBy: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  notify: Schema.optionalKey(Schema.Union([Schema.Boolean, Expression])),
  /** Only events for which this is true are mapped; the others are `ignored`. */
  when: Schema.optionalKey(Expression)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Rules extends Schema.Schema.Type<typeof Rules> {}

/**
 * An expression that is no JSONata.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidExpression extends Schema.TaggedError<InvalidExpression>()("InvalidExpression", {
  /** Which of the rules it is. */
  field: Schema.String,
  expression: Schema.String,
  /** In characters from the beginning. */
  position: Schema.optionalKey(Schema.Int),
  detail: Schema.String
}) {
  /** Without the field. */
  get reason() {
    const where = this.position === undefined ? "" : ` at character ${this.position}`
    return `${this.detail}${where} of the expression ${this.expression}`
  }

  override get message() {
    return `${this.field}: ${this.reason}`
  }
}

/**
 * Reads the rules. All expressions of a webhook together are bounded: 100 ms of the processor's time, 128 MB, 64 nested calls,
 * 10,000 values, a million characters.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (rules: Rules): Effect.fn.Return<Mapping, InvalidExpression> {
  for (const [field, expression] of Object.entries(expressionsOf(rules))) yield* check(field, expression)
  return { version: versionOf(rules), rules, map: (event) => evaluate(rules, event) }
})

const evaluate = Effect.fnUntraced(function* (
  rules: Rules,
  { source, headers, body, memberId }: Event
): Effect.fn.Return<Mapped, never, Expressions> {
  const expressions = yield* Expressions
  const text = jsonOf(headers, body)
  if (Result.isFailure(text)) return { status: "unmappable", reason: text.failure }
  const job = { expressions: expressionsOf(rules), source, headers, body: text.success }
  const result = yield* expressions.evaluate(job)
  return "failed" in result
    ? { status: "unmappable", reason: whyNot(rules, headers, result.failed) }
    : mappedOf(rules, result.found, memberId)
})

const versionOf = (rules: Rules): string =>
  sha256(JSON.stringify(fields.map((field) => rules[field] ?? null))).slice(0, 12)

const fields = ["when", "live", "member", "invitedBy", "notify"] as const

const expressionsOf = (rules: Rules): Job["expressions"] =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const rule = rules[field]
      return Predicate.isObject(rule) ? [[field, rule.expr]] : []
    })
  )

/** Of one webhook: whoever invites more people than this by one webhook did not mean to. */
const mostInvitations = 10_000

const mappedOf = (
  rules: Rules,
  found: Partial<Record<Field, Found>>,
  memberId: RegExp | undefined
): Mapped => {
  if (rules.when !== undefined && found.when?.truth !== true) {
    return { status: "ignored", reason: `when: the filter ${rules.when.expr} says no` }
  }
  const lives = foundBy(rules.live, found.live)
  const members = foundBy(rules.member, found.member)
  const nobody = whyNobody(rules, lives, members)
  if (nobody !== undefined) return nobody
  const ids = lives.texts.filter(isLiveId)
  if (ids.length === 0) return unmappable(`live: ${textOf(rules.live)} gives no id of a Live`)
  const people = read(members.texts, memberId)
  if (people.members.length === 0) {
    return unmappable(`member: ${textOf(rules.member)} gives ${nobodyIn(people.refused, members.others)}`)
  }
  if (ids.length * people.members.length > mostInvitations) {
    return unmappable(
      `${people.members.length} people for ${ids.length} Lives are more than ${mostInvitations}`
    )
  }
  const inviter = foundBy(rules.invitedBy, found.invitedBy).texts[0]
  const notified = typeof rules.notify === "boolean" ? rules.notify : found.notify?.truth
  const options = {
    ...(inviter === undefined ? {} : { invitedBySpotMemberId: inviter }),
    ...(notified === undefined || notified === null ? {} : { withEmailNotification: notified })
  }
  const invitations = ids.flatMap((liveId) =>
    people.members.map((member) => ({ liveId, member, ...options }))
  )
  const noLives = lives.others + lives.texts.length - ids.length
  const reasons = [
    ...leftOut(people.refused, members.others),
    ...(noLives === 0
      ? []
      : [`live: ${noLives} of the values ${noLives === 1 ? "is" : "are"} no id of a Live`])
  ]
  return { status: "mapped", invitations, reason: reasons.length === 0 ? null : reasons.join("; ") }
}

const isLiveId = Schema.is(Invitation.LiveId)

const unmappable = (reason: string): Mapped => ({ status: "unmappable", reason })

const textOf = (rule: Rules["live"]) => (typeof rule === "string" ? rule : rule.expr)

const nothing: Found = { texts: [], others: 0, truth: null, none: false }

const foundBy = (rule: Rules["live"] | undefined, found: Found = nothing): Found =>
  typeof rule === "string" ? { ...nothing, texts: [rule] } : found

/** An empty array says that nobody is meant; a path that leads nowhere says nothing. */
const whyNobody = (rules: Rules, lives: Found, members: Found): Mapped | undefined => {
  for (const [field, { texts, others, none }] of [
    ["member", members],
    ["live", lives]
  ] as const) {
    if (texts.length > 0) continue
    const rule = rules[field]
    const said = `${field}: ${typeof rule === "string" ? rule : rule.expr} gives`
    if (none) return { status: "ignored", reason: `${said} an empty list` }
    return { status: "unmappable", reason: `${said} ${others > 0 ? "no text" : "nothing"}` }
  }
  return undefined
}

const whyNot = (rules: Rules, headers: Event["headers"], { field, code, message }: Failed): string => {
  if (code === "NoBody") return notJson(headers)
  if (code === "TooBig") return `the expressions need more than ${limits.memory} MB or can't be stopped`
  if (code === "TooMuch" || field === null)
    return `the expressions give more than ${limits.answer} characters`
  const rule = rules[field]
  const said = `${field}: ${Predicate.isObject(rule) ? rule.expr : ""}`
  if (code === "TooSlow") return `${said} takes more than ${limits.time} ms of the processor's time`
  return `${said} fails: ${withoutData({ code, message })}`
}

const check = (field: string, expression: string) =>
  Effect.try({
    try: () => void jsonata(expression),
    catch: (cause) => {
      const { code, message, ...where } = thrown(cause)
      return new InvalidExpression({ field, expression, detail: `${code} ${message}`, ...where })
    }
  })

interface Thrown {
  readonly code: string
  readonly message: string
  readonly position?: number
}

/** JSONata throws plain objects. */
const thrown = (cause: unknown): Thrown => ({
  code: Predicate.hasProperty(cause, "code") ? String(cause.code) : "Error",
  message: Predicate.hasProperty(cause, "message") ? String(cause.message) : "of an unknown kind",
  ...(Predicate.hasProperty(cause, "position") && typeof cause.position === "number"
    ? { position: cause.position }
    : {})
})

/** `$error` and `$assert`: their text is the expression's own, with whatever it put in. */
const ownWords = new Set(["D3137", "D3141"])

const quotation = /"(?:[^"\\]|\\.)*"/g

/** What an evaluation's error quotes may be a person's data, so quotes are emptied. */
const withoutData = ({ code, message }: Thrown): string =>
  `${code} ${ownWords.has(code) ? "an error of the expression's own" : message.replaceAll(quotation, '"…"')}`
