/** Maps webhooks to invitations. A mapping runs after the response, so a broken one loses no webhook. */
import { Effect, Predicate, Result, Schema } from "effect"
import { Invitation } from "@usher/core"
import { Body } from "@usher/signatures"
import type { Mapped } from "../ports/Mapped.ts"
import { sha256 } from "../runtime/digest.ts"
import type { Event } from "./Event.ts"
import { wrongWith } from "./expressions/check.ts"
import { headersRead as readBy, type Reading } from "./expressions/headersRead.ts"
import { type Failed, type Field, fields, type Found, type Job, noTexts } from "./expressions/protocol.ts"
import { Expressions, limits } from "./Expressions.ts"
import { leftOut, nobodyIn, read } from "./people.ts"
import * as SignUps from "./SignUps.ts"
import { ofReadings, type IdentifyingHeaders } from "./identifyingHeaders.ts"

export type {
  /**
   * What a mapping sees of a webhook.
   *
   * @category models
   */
  Event
}

/**
 * Maps a webhook to invitations.
 *
 * @category models
 */
export interface Mapping {
  /** A short text that differs for different rules. It is stored with each webhook that is mapped. */
  readonly version: string
  /** The rules, if the mapping was made from rules. */
  readonly rules?: Rules | undefined
  /**
   * The headers that the mapping reads, in lower case. They are stored, and deliveries that differ in them are not
   * duplicates. `all`: it may read any stored header. Default: none.
   */
  readonly headers?: IdentifyingHeaders | undefined
  /** Returns the invitations of an event, or why there are none. */
  readonly map: (event: Event) => Effect.Effect<Mapped, never, Expressions>
}

/**
 * A JSONata expression over the body; `$headers` and `$source` are bound.
 *
 * @category schemas
 */
export const Expression = Schema.Struct({
  expr: Schema.NonEmptyString.annotateKey({
    description: "a JSONata expression over the body; $headers and $source are bound"
  })
})

/**
 * How to make invitations, as in a configuration file, with literals or expressions. An expression for `live` or
 * `member` may return one value, several in an array, or none.
 *
 * @category schemas
 */
export const Rules = Schema.Struct({
  /** The Live, or several. */
  live: Schema.Union([Invitation.LiveId, Expression]),
  /** The person. In a configuration file, the default is the sender's usual path to the address. */
  member: Expression,
  /** The Spot member who invites. Optional. */
  invitedBy: Schema.optionalKey(Schema.Union([Schema.NonEmptyString, Expression])),
  /** Whether the upstream notifies by email. Optional; the upstream documents no default. */
  notify: Schema.optionalKey(Schema.Union([Schema.Boolean, Expression])),
  /** Maps only events for which this expression means yes. Others are `ignored`. See `noTexts`. */
  when: Schema.optionalKey(Expression),
  /** Maps only these events. Others are `ignored`. Default: those of the sender. */
  events: Schema.optionalKey(Schema.Union([Schema.Literal("all"), SignUps.SignUps]))
})

/**
 * The rules of a mapping in expressions.
 *
 * @category models
 */
export interface Rules extends Schema.Schema.Type<typeof Rules> {}

/**
 * Texts that mean no in `when` and `notify`, in any case and with spaces around them. An empty text, `false`, `0`,
 * `null`, an empty object, and an array without a yes also mean no. An expression without a result means no in `when`;
 * in `notify`, MeltingSpot decides.
 *
 * @category constants
 */
export { noTexts }

/**
 * An expression that is not valid JSONata, or that fails with any body.
 *
 * @category errors
 */
export class InvalidExpression extends Schema.TaggedError<InvalidExpression>()("InvalidExpression", {
  /** The rule. */
  field: Schema.String,
  /** The expression. */
  expression: Schema.String,
  /** The position in characters, from the start. */
  position: Schema.optionalKey(Schema.Int),
  /** The mistake. */
  detail: Schema.String
}) {
  /** The message without the field. */
  get reason() {
    const where = this.position === undefined ? "" : ` at character ${this.position}`
    return `${this.detail}${where} of the expression ${this.expression}`
  }

  override get message() {
    return `${this.field}: ${this.reason}`
  }
}

/**
 * Makes a mapping from rules. The `limits` of `Expressions` apply to all expressions of a webhook together.
 *
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (rules: Rules): Effect.fn.Return<Mapping, InvalidExpression> {
  const [first] = wrongIn(rules)
  return first === undefined ? fromRules(rules) : yield* first
})

/**
 * All invalid expressions of the rules. Rules may be incomplete.
 *
 * @category validation
 */
export const wrongIn = (rules: Partial<Rules>): ReadonlyArray<InvalidExpression> =>
  Object.entries(expressionsOf(rules)).flatMap(([field, expression]) => {
    const wrong = wrongWith(expression)
    return wrong === undefined ? [] : [new InvalidExpression({ field, expression, ...wrong })]
  })

const fromRules = (rules: Rules): Mapping => {
  const map = (event: Event) => evaluate(rules, event)
  const { events } = rules
  return {
    version: versionOf(rules),
    rules,
    headers: ofReadings(headersRead(rules)),
    map: events === undefined || events === "all" ? map : SignUps.only(events, map)
  }
}

/**
 * The headers that the expression of a rule reads.
 *
 * @category models
 */
export interface HeadersRead extends Reading {
  /** The rule. */
  readonly field: Field
}

/**
 * For each expression, the headers that it names, and whether it may read others because it computes a name. The
 * expressions must be valid.
 *
 * @category accessors
 */
export const headersRead = (rules: Rules): ReadonlyArray<HeadersRead> => {
  const expressions = expressionsOf(rules)
  return fields.flatMap((field) => {
    const expression = expressions[field]
    return expression === undefined ? [] : [{ field, ...readBy(expression) }]
  })
}

/**
 * Limits a mapping to these events. If its rules already name other events, an event must be in both.
 *
 * @category combinators
 */
export const withSignUps = (mapping: Mapping, events: SignUps.SignUps | undefined): Mapping => {
  const { rules } = mapping
  if (events === undefined || rules?.events === events) return mapping
  return rules !== undefined && (rules.events === undefined || rules.events === "all")
    ? fromRules({ ...rules, events })
    : { ...mapping, map: SignUps.only(events, mapping.map) }
}

/**
 * An expression that fails on a sample.
 *
 * @category models
 */
export interface Trouble {
  /** The rule. */
  readonly field: Field
  /** Why it fails, as a sentence. */
  readonly reason: string
  /** Whether it fails with any body. Otherwise, the sample may be the cause. */
  readonly always: boolean
}

/**
 * Evaluates each expression of the rules on a sample, independently of the others.
 *
 * @category previews
 */
export const rehearse = Effect.fnUntraced(function* (
  rules: Rules,
  { source, headers, body, mediaTypes }: Event
): Effect.fn.Return<ReadonlyArray<Trouble>, never, Expressions> {
  const { evaluate } = yield* Expressions
  const text = Body.toJson(headers, body, mediaTypes)
  if (Result.isFailure(text)) return []
  const all = expressionsOf(rules)
  const troubles: Array<Trouble> = []
  for (const field of fields) {
    const expression = all[field]
    if (expression === undefined) continue
    const job = { expressions: { [field]: expression }, source, headers, body: text.success }
    const result = yield* evaluate(job)
    if (!("failed" in result) || result.failed.code === "NoBody") continue
    const failed = { ...result.failed, field }
    troubles.push({
      field,
      reason: whyNot(rules, { headers, mediaTypes }, failed),
      always: incapable.test(failed.code)
    })
  }
  return troubles
})

/** Exceeded limits, unknown functions, and JavaScript errors. Other JSONata errors depend on the body. */
const incapable = /^(Too\w+|Error|D1011|D1012|D2014|D2015|T100[5-8])$/

const evaluate = Effect.fnUntraced(function* (
  rules: Rules,
  { source, headers, body, mediaTypes, memberId }: Event
): Effect.fn.Return<Mapped, never, Expressions> {
  const expressions = yield* Expressions
  const text = Body.toJson(headers, body, mediaTypes)
  if (Result.isFailure(text)) return { status: "unmappable", reason: text.failure }
  const job = { expressions: expressionsOf(rules), source, headers, body: text.success }
  const result = yield* expressions.evaluate(job)
  return "failed" in result
    ? { status: "unmappable", reason: whyNot(rules, { headers, mediaTypes }, result.failed) }
    : mappedOf(rules, result.found, memberId)
})

/** Rules without events keep the version that they had before events existed. */
const versionOf = ({ events, ...rules }: Rules): string => {
  const parts: Array<unknown> = fields.map((field) => rules[field] ?? null)
  if (events !== undefined && events !== "all") parts.push([events.name, events.signUps.toSorted()])
  return sha256(JSON.stringify(parts)).slice(0, 12)
}

const expressionsOf = (rules: Partial<Rules>): Job["expressions"] =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const rule = rules[field]
      return Predicate.isObject(rule) ? [[field, rule.expr]] : []
    })
  )

/** The maximum number of invitations per webhook. More are a mistake. */
const maxInvitations = 10_000

const mappedOf = (
  rules: Rules,
  found: Partial<Record<Field, Found>>,
  memberId: RegExp | undefined
): Mapped => {
  if (rules.when !== undefined && found.when?.truth !== true) {
    return { status: "ignored", reason: `when: the filter ${rules.when.expr} returned no` }
  }
  const lives = foundBy(rules.live, found.live)
  const members = foundBy(rules.member, found.member)
  const nobody = whyNobody(rules, lives, members)
  if (nobody !== undefined) return nobody
  const ids = lives.texts.filter(isLiveId)
  if (ids.length === 0) return unmappable(`live: ${textOf(rules.live)} returns no id of a Live`)
  const people = read(members.texts, memberId)
  if (people.members.length === 0) {
    return unmappable(`member: ${textOf(rules.member)} returns ${nobodyIn(people.refused, members.others)}`)
  }
  if (ids.length * people.members.length > maxInvitations) {
    return unmappable(
      `${people.members.length} people for ${ids.length} Lives exceed the limit of ${maxInvitations} invitations`
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

/** An empty array means nobody. A missing value is a failure. */
const whyNobody = (rules: Rules, lives: Found, members: Found): Mapped | undefined => {
  for (const [field, { texts, others, none }] of [
    ["member", members],
    ["live", lives]
  ] as const) {
    if (texts.length > 0) continue
    const said = `${field}: ${textOf(rules[field])} returns`
    if (none) return { status: "ignored", reason: `${said} an empty list` }
    return { status: "unmappable", reason: `${said} ${others > 0 ? "no text" : "nothing"}` }
  }
  return undefined
}

const whyNot = (
  rules: Rules,
  { headers, mediaTypes }: Pick<Event, "headers" | "mediaTypes">,
  { field, code, message }: Failed
): string => {
  if (code === "NoBody") return Body.notJson(headers, mediaTypes)
  if (code === "TooBig") return `the expressions need more than ${limits.memory} MB or can't be stopped`
  if (code === "TooMuch" || field === null)
    return `the expressions return more than ${limits.answer} characters`
  const rule = rules[field]
  const said = `${field}: ${Predicate.isObject(rule) ? rule.expr : ""}`
  if (code === "TooSlow") return `${said} takes more than ${limits.time} ms of the processor's time`
  return `${said} fails: ${withoutData({ code, message })}`
}

/** `$error` and `$assert`: their messages are made by the expression and can contain data. */
const ownWords = new Set(["D3137", "D3141"])

/** Including an unclosed quote at the end. */
const quotation = /"(?:[^"\\]|\\.)*(?:"|\\?$)/gs

/** Empties all quotes in an error message, because they can be personal data. */
const withoutData = ({ code, message }: Pick<Failed, "code" | "message">): string =>
  `${code} ${ownWords.has(code) ? "an error raised by the expression" : message.replaceAll(quotation, '"…"')}`
