/**
 * Selects the events of a sender that are sign-ups. Senders report cancellations and tests at the same URL; these
 * invite nobody, and are `ignored`.
 */
import { Effect, Predicate, Result, Schema } from "effect"
import { Body, DeliveryId, type Sender } from "@usher/signatures"
import type { Mapped } from "../ports/Mapped.ts"
import type { Expressions } from "./Expressions.ts"
import type { Event } from "./Event.ts"

/**
 * Where a delivery names its event, and which names are sign-ups. A path traverses arrays of events, with or without
 * `*`. `*` also matches a single event outside of an array.
 *
 * @category schemas
 */
export const SignUps = Schema.Struct({
  name: DeliveryId.Field.annotateKey({
    description: "where a delivery names its event: { json: path }, { header: name } or { form: field }"
  }),
  otherNames: Schema.optionalKey(Schema.Array(DeliveryId.Field)).annotateKey({
    description: "further places where deliveries name their event: the first one with a name counts"
  }),
  signUps: Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1)).annotateKey({
    description: "the names of the events that are sign-ups, exactly as the sender writes them"
  })
})

/**
 * The events of a sender that are sign-ups, and where a delivery names its event.
 *
 * @category models
 */
export interface SignUps extends Schema.Schema.Type<typeof SignUps> {}

/**
 * The sender's own list. Undefined if every delivery is a sign-up.
 *
 * @category accessors
 */
export const ofSender = ({ events }: Sender.Sender): SignUps | undefined =>
  events === undefined || events.signUps.length === 0 ? undefined : events

type Map = (event: Event) => Effect.Effect<Mapped, never, Expressions>

/**
 * Maps sign-ups only. Other events in an array are removed. An event without a name is mapped as usual.
 *
 * @category combinators
 */
export const only =
  (signUps: SignUps, map: Map): Map =>
  (event) => {
    const selected = select(signUps, event)
    return "reason" in selected
      ? Effect.succeed<Mapped>({ status: "ignored", reason: selected.reason })
      : map(selected.event)
  }

type Selected = { readonly event: Event } | { readonly reason: string }

const select = ({ name, otherNames = [], signUps }: SignUps, event: Event): Selected => {
  const body = Result.getOrUndefined(Body.decode(event.headers, event.body, event.mediaTypes))
  for (const field of [name, ...otherNames]) {
    const others: Array<string> = []
    let isNamed = false
    const isSignUp = (named: string) => {
      isNamed = true
      if (signUps.includes(named)) return true
      others.push(named)
      return false
    }
    const kept = Result.getOrUndefined(Result.try(() => ({ body: keep(field, event, body, isSignUp) })))
    // Nested too deeply to traverse, and to evaluate in an expression.
    if (kept === undefined) return { event }
    if (!isNamed) continue
    if (kept.body === nothing) return { reason: reasonOf(others, signUps) }
    return { event: others.length === 0 ? event : withBody(event, kept.body) }
  }
  return { event }
}

/** The body without the events that are not sign-ups. */
const keep = (
  field: DeliveryId.Field,
  { headers }: Event,
  body: unknown,
  isSignUp: (name: string) => boolean
): unknown => {
  if ("header" in field) {
    const named = headers[field.header.toLowerCase()]?.trim() ?? ""
    return named === "" || isSignUp(named) ? body : nothing
  }
  return prune(body, "json" in field ? field.json.split(".") : [field.form], isSignUp)
}

const withBody = (event: Event, body: unknown): Event => {
  const text = Result.getOrUndefined(Result.try(() => JSON.stringify(body)))
  // Nested too deeply to serialize, and to evaluate in an expression.
  if (text === undefined) return event
  const headers = { ...event.headers, "content-type": "application/json" }
  return { ...event, headers, body: new TextEncoder().encode(text), mediaTypes: ["application/json"] }
}

const nothing = Symbol("nothing of it is a sign-up")

/**
 * The value without the events that are not sign-ups; the same value if all are. Arrays are traversed as in JSONata.
 */
const prune = (value: unknown, path: ReadonlyArray<string>, isSignUp: (name: string) => boolean): unknown => {
  const [step, ...rest] = path
  if (Array.isArray(value)) {
    const at = step !== undefined && /^\d+$/.test(step) ? Number(step) : undefined
    const inner = at === undefined && step !== "*" ? path : rest
    const items = value.map((item, index) =>
      at === undefined || at === index ? prune(item, inner, isSignUp) : item
    )
    if (items.every((item, index) => item === value[index])) return value
    const kept = items.filter((item) => item !== nothing)
    return kept.length === 0 || (at !== undefined && kept.length < items.length) ? nothing : kept
  }
  if (step === undefined) {
    const name = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : ""
    return name === "" || isSignUp(name) ? value : nothing
  }
  // A sender of arrays may send a single event without one.
  if (step === "*") return prune(value, rest, isSignUp)
  if (!Predicate.isObject(value) || !Object.hasOwn(value, step)) return value
  const inner = prune(value[step], rest, isSignUp)
  if (inner === value[step]) return value
  return inner === nothing ? nothing : { ...value, [step]: inner }
}

/** Other names are not shown: they could be anything. */
const isPlain = (name: string) => /^[A-Za-z][\w.:/-]{0,63}$/.test(name)

const maxShown = 5

const reasonOf = (others: ReadonlyArray<string>, signUps: ReadonlyArray<string>): string => {
  const names = [...new Set(others)]
  const list = signUps.slice(0, maxShown).join(", ") + (signUps.length > maxShown ? ", …" : "")
  const [first = ""] = names
  if (names.length > 1) return `none of the ${others.length} events is a sign-up (${list})`
  return `event ${isPlain(first) ? `${first} ` : ""}is not a sign-up (${list})`
}
