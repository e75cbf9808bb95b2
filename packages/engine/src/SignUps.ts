/**
 * Which events of a sender are sign-ups. A sender tells of cancellations, unsubscriptions and tests at the same URL: these
 * invite nobody, and are `ignored`.
 */
import { Effect, Result, Schema } from "effect"
import { DeliveryId, type Sender } from "@usher/signatures"
import type { Expressions } from "./Expressions.ts"
import { decode } from "./internal/body.ts"
import type { Event } from "./Mapping.ts"
import type { Mapped } from "./Webhook.ts"

/**
 * Where a delivery names its event, and the names that are sign-ups. A path with `*` goes through an array of events.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SignUps = Schema.Struct({
  name: DeliveryId.Field.annotateKey({
    description: "where the name of the event stands: { json: path }, { header: name } or { form: field }"
  }),
  signUps: Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1)).annotateKey({
    description: "the names of the events that are sign-ups, exactly as the sender writes them"
  })
})

/**
 * @category models
 * @since 0.1.0
 */
export interface SignUps extends Schema.Schema.Type<typeof SignUps> {}

/**
 * A sender's own list. Undefined where every delivery counts.
 *
 * @category accessors
 * @since 0.1.0
 */
export const ofSender = ({ events }: Sender.Sender): SignUps | undefined =>
  events === undefined || events.signUps.length === 0 ? undefined : events

type Map = (event: Event) => Effect.Effect<Mapped, never, Expressions>

/**
 * Maps sign-ups only. Of an array of events, the others are left out. An event without a name is mapped as usual.
 *
 * @category combinators
 * @since 0.1.0
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

const select = ({ name, signUps }: SignUps, event: Event): Selected => {
  const isSignUp = (named: string) => signUps.includes(named)
  const others: Array<string> = []
  const ignored = (): Selected => ({ reason: reasonOf(others, signUps) })
  if ("header" in name) {
    const named = event.headers[name.header.toLowerCase()]?.trim() ?? ""
    if (named === "" || isSignUp(named)) return { event }
    others.push(named)
    return ignored()
  }
  const body = decode(event.headers, event.body)
  if (Result.isFailure(body)) return { event }
  const steps = "json" in name ? name.json.split(".") : [name.form]
  const kept = prune(body.success, steps, (named) => {
    if (isSignUp(named)) return true
    others.push(named)
    return false
  })
  if (kept === nothing) return ignored()
  if (kept === body.success) return { event }
  // Too deep to be written again, and too deep to be read by an expression.
  const text = Result.getOrElse(
    Result.try(() => JSON.stringify(kept)),
    () => undefined
  )
  return text === undefined
    ? { event }
    : {
        event: {
          ...event,
          headers: { ...event.headers, "content-type": "application/json" },
          body: new TextEncoder().encode(text)
        }
      }
}

const nothing = Symbol("nothing of it is a sign-up")

/** The value without the events that are no sign-ups; itself where all of them are. */
const prune = (
  value: unknown,
  [step, ...rest]: ReadonlyArray<string>,
  isSignUp: (name: string) => boolean
): unknown => {
  if (step === undefined) {
    const name = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : ""
    return name === "" || isSignUp(name) ? value : nothing
  }
  if (step === "*") {
    if (!Array.isArray(value) || value.length === 0) return value
    const items = value.map((item: unknown) => prune(item, rest, isSignUp))
    if (items.every((item, index) => item === value[index])) return value
    const kept = items.filter((item) => item !== nothing)
    return kept.length === 0 ? nothing : kept
  }
  if (!isRecord(value) || !Object.hasOwn(value, step)) return value
  const inner = prune(value[step], rest, isSignUp)
  if (inner === value[step]) return value
  return inner === nothing ? nothing : { ...value, [step]: inner }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** A name that might be anything else is not shown. */
const isPlain = (name: string) => /^[A-Za-z][\w.:/-]{0,63}$/.test(name)

const maxShown = 5

const reasonOf = (others: ReadonlyArray<string>, signUps: ReadonlyArray<string>): string => {
  const names = [...new Set(others)]
  const list = signUps.slice(0, maxShown).join(", ") + (signUps.length > maxShown ? ", …" : "")
  const [first = ""] = names
  if (names.length > 1) return `none of the ${others.length} events is a sign-up (${list})`
  return `event ${isPlain(first) ? `${first} ` : ""}is not a sign-up (${list})`
}
