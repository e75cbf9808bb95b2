/** Turns a scheme as a program writes it into the one form that the rest of the package reads. */
import { Duration, Predicate, Result, Schema } from "effect"
import { Hash, Hmac } from "../DigestScheme.ts"
import { InvalidScheme } from "../InvalidScheme.ts"
import { suggestion } from "./nearest.ts"
import { Basic, ByHeader, None, type Scheme, StandardWebhooks, Token, Twilio } from "./schemes.ts"

/**
 * The scheme with header names in lower case, its tolerance as a `Duration`, and without keys that are `undefined`. Throws
 * `InvalidScheme`. Returns the same value for the same object.
 */
export const normal = (input: unknown): Scheme => {
  if (Predicate.isObject(input)) {
    const made = cache.get(input)
    if (made !== undefined) return made
    const scheme = normalOf(input)
    cache.set(input, scheme).set(scheme, scheme)
    return scheme
  }
  throw invalid(
    typeof input === "string"
      ? `"${input}" is no scheme but a name: give { scheme: … }, or use Verifier.forSender`
      : `expected an object such as { scheme: "hmac", header: "x-signature" }, got ${kindOf(input)}`
  )
}

const cache = new WeakMap<object, Scheme>()

const schemas: Readonly<
  Record<string, Schema.Codec<Scheme, unknown> & { readonly fields: Schema.Struct.Fields }>
> = {
  hmac: Hmac,
  hash: Hash,
  "standard-webhooks": StandardWebhooks,
  twilio: Twilio,
  token: Token,
  basic: Basic,
  none: None,
  "by-header": ByHeader
}

const normalOf = (input: object): Scheme => {
  const kind = Predicate.hasProperty(input, "scheme") ? input.scheme : undefined
  if (Predicate.isObject(kind)) {
    throw invalid("this is a sender's row: give its scheme, as in { scheme: row.scheme }")
  }
  const names = Object.keys(schemas)
  if (typeof kind !== "string") {
    throw invalid(`the key "scheme" has to be one of ${names.join(", ")}, got ${kindOf(kind)}`)
  }
  const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined
  if (schema === undefined) throw invalid(`"${kind}" is no scheme: ${suggestion(kind, names)}`)
  const plain = plainOf(input)
  const keys = Object.keys(schema.fields)
  const unknown = Object.keys(plain).find((key) => !keys.includes(key))
  if (unknown !== undefined) {
    throw invalid(`${kind} has no key "${unknown}": ${suggestion(unknown, keys)}`)
  }
  const decoded = Schema.decodeUnknownResult(schema, { onExcessProperty: "error" })(plain)
  if (Result.isFailure(decoded))
    throw invalid(`${kind}: ${decoded.failure.message.replaceAll(/\s*\n\s*/g, " ")}`)
  return decoded.success
}

const encodeDuration = Schema.encodeSync(Schema.DurationFromString)

/** The scheme as a configuration file has it. */
const plainOf = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, key === "tolerance" ? toleranceOf(item) : plainItem(item)]]
    )
  )

const plainItem = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainItem)
  return Predicate.isObject(value) ? plainOf(value) : value
}

const toleranceOf = (value: unknown): unknown => {
  if (typeof value === "number") {
    throw invalid(`tolerance: ${value} has no unit: give "${value} seconds" or Duration.seconds(${value})`)
  }
  const duration = Duration.isDuration(value) ? value : undefined
  const text = duration === undefined ? value : encodeDuration(duration)
  const length =
    duration ?? (typeof text === "string" ? Result.getOrUndefined(decodeDuration(text)) : undefined)
  if (length !== undefined && Duration.toMillis(length) < 0) throw invalid(`tolerance: ${text} is negative`)
  return text
}

const decodeDuration = Schema.decodeUnknownResult(Schema.DurationFromString)

const invalid = (message: string) => new InvalidScheme({ message: `The scheme is not valid: ${message}` })

const kindOf = (value: unknown): string => (value === null ? "null" : typeof value)
