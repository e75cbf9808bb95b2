/**
 * From a webhook's meaning to invitations. A mapping runs after the answer was given: a broken one loses nothing.
 */
import { Effect, Predicate, Schema } from "effect"
import { Invitation } from "@usher/core"
import jsonata from "jsonata"
import type { Mapped } from "./Webhook.ts"

/**
 * What a mapping sees of a webhook.
 *
 * @category models
 * @since 0.1.0
 */
export interface Event {
  readonly source: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

/**
 * @category models
 * @since 0.1.0
 */
export type Mapping = (event: Event) => Effect.Effect<Mapped>

/**
 * A JSONata expression over the body; `$headers` and `$source` are bound.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Expression = Schema.Struct({ expr: Schema.NonEmptyString })

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
 * Compiles the rules. Every expression is bounded: 100 ms, 64 nested calls, 10,000 values.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (rules: Rules): Effect.fn.Return<Mapping, InvalidExpression> {
  const compile = (field: keyof Rules) => {
    const rule = rules[field]
    if (rule === undefined) return Effect.succeed(() => Effect.void)
    if (typeof rule !== "object") return Effect.succeed(() => Effect.succeed(rule))
    return compileExpression(field, rule.expr)
  }
  const when = yield* compile("when")
  const live = yield* compile("live")
  const member = yield* compile("member")
  const invitedBy = yield* compile("invitedBy")
  const notify = yield* compile("notify")

  const map = Effect.fnUntraced(function* (event: Event): Effect.fn.Return<Mapped, EvaluationFailed> {
    if (rules.when !== undefined && !truthy(yield* when(event))) {
      return { status: "ignored", reason: `when: the filter ${rules.when.expr} says no` }
    }
    const lives = strings(yield* live(event))
    const members = strings(yield* member(event))
    const inviter = strings(yield* invitedBy(event)).values[0]
    const notified = yield* notify(event)
    const options = {
      ...(inviter === undefined ? {} : { invitedBySpotMemberId: inviter }),
      ...(notified === undefined ? {} : { withEmailNotification: truthy(notified) })
    }
    const invitations = lives.values.flatMap((liveId) =>
      members.values.map((member) => ({ liveId, member, ...options }))
    )
    const good = invitations.filter(isInvitation)
    const unreadable = lives.others + members.others + (invitations.length - good.length)
    if (good.length > 0) {
      return {
        status: "mapped",
        invitations: good,
        reason: unreadable === 0 ? null : `${unreadable} of the values are neither an address nor an id`
      }
    }
    return { status: "unmappable", reason: whyNobody(rules, lives, members) }
  })

  return (event) =>
    Effect.catch(map(event), ({ reason }) => Effect.succeed({ status: "unmappable", reason } as const))
})

const isInvitation = Schema.is(Invitation.Invitation)

interface Strings {
  readonly values: ReadonlyArray<string>
  /** How many values were no text. */
  readonly others: number
}

/** Text, trimmed and each once, out of whatever an expression gives. */
const strings = (value: unknown): Strings => {
  const all: ReadonlyArray<unknown> = Array.isArray(value)
    ? value
    : value === undefined || value === null
      ? []
      : [value]
  const texts = all.filter((item) => typeof item === "string").map((text) => text.trim())
  return { values: [...new Set(texts.filter((text) => text !== ""))], others: all.length - texts.length }
}

const whyNobody = (rules: Rules, lives: Strings, members: Strings): string => {
  const describe = (field: string, rule: string | { readonly expr: string }, found: Strings) =>
    `${field}: ${typeof rule === "string" ? rule : rule.expr} gives ${found.others > 0 ? "no text" : "nothing"}`
  if (members.values.length === 0) return describe("member", rules.member, members)
  if (lives.values.length === 0) return describe("live", rules.live, lives)
  return "none of the values is an address or an id"
}

const truthy = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(truthy) : value !== "false" && Boolean(value)

interface EvaluationFailed {
  readonly reason: string
}

const compileExpression = (field: string, expression: string) =>
  Effect.try({
    try: () => jsonata(expression, { timeout: 100, stack: 64, sequence: 10_000 }),
    catch: (cause) => {
      const { code, message, ...where } = thrown(cause)
      return new InvalidExpression({ field, expression, detail: `${code} ${message}`, ...where })
    }
  }).pipe(
    Effect.map(
      (compiled) =>
        ({ body, headers, source }: Event): Effect.Effect<unknown, EvaluationFailed> =>
          Effect.tryPromise({
            try: (): Promise<unknown> => compiled.evaluate(body, { headers, source }),
            catch: (cause) => ({ reason: `${field}: ${expression} fails: ${withoutData(thrown(cause))}` })
          })
    )
  )

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
