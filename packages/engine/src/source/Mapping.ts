/** Maps webhooks to invitations. A mapping runs after the response, so a broken one loses no webhook. */
import { Effect, Predicate, Result, Schema } from "effect"
import { Body } from "@usher/signatures"
import type { Mapped } from "../ports/Mapped.ts"
import { sha256 } from "../runtime/digest.ts"
import type { Event } from "./Event.ts"
import { wrongWith } from "./expressions/check.ts"
import { headersRead as readBy, type Reading } from "./expressions/headersRead.ts"
import { type Failed, type Field, fields, type Job, noTexts } from "./expressions/protocol.ts"
import { Expressions, limits } from "./Expressions.ts"
import type { Rules } from "./rules.ts"
import * as SignUps from "./SignUps.ts"
import { ofReadings, type IdentifyingHeaders } from "./identifyingHeaders.ts"
import { invitationsOf } from "./invitationsOf.ts"

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

export { Expression, Rules } from "./rules.ts"

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
    : invitationsOf(rules, result.found, memberId)
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
