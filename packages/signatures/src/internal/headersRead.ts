/** The headers that a scheme and a delivery id read: a delivery reduced to them still verifies. */
import { Array as Arr } from "effect"
import type { Hash, Hmac } from "../DigestScheme.ts"
import type { DeliveryId, Field } from "./deliveryIdSpec.ts"
import { storable } from "./crypto.ts"
import { normal } from "./normal.ts"
import type { Input, StandardWebhooks } from "./schemes.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** Every spec that reads the body reads these headers too. */
const bodyHeaders = ["content-type", "content-encoding"]

/**
 * Every header that verifying by this scheme reads, in lower case: signatures, versions, timestamps, ids and signed
 * values.
 *
 * @category accessors
 */
export const ofScheme = (input: Input): ReadonlyArray<string> => {
  const scheme = normal(input)
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return Arr.dedupe(ofKeyed(scheme))
    case "standard-webhooks":
      return prefixesOf(scheme).flatMap((prefix) => Object.values(headerNames(prefix)))
    case "twilio":
      return [twilioHeader, ...bodyHeaders]
    case "token":
      return scheme.header === undefined ? [] : [scheme.header]
    case "basic":
      return ["authorization"]
    case "by-header":
      return Arr.dedupe(scheme.choices.flatMap(({ header, use }) => Arr.prepend(ofKeyed(use), header)))
    case "none":
      return []
  }
}

const ofKeyed = ({ header, version, timestamp, parts }: Hmac | Hash): ReadonlyArray<string> => [
  ...Arr.ensure(header),
  ...(version === undefined ? [] : [version.header]),
  ...(timestamp?.header === undefined ? [] : [timestamp.header]),
  ...(timestamp?.json === undefined && !parts?.includes("first-event") ? [] : bodyHeaders),
  ...(parts ?? []).flatMap((part) => (typeof part === "object" && "header" in part ? [part.header] : []))
]

const prefixesOf = ({ prefixes = ["webhook-"] }: StandardWebhooks) => prefixes

/** The headers of Standard Webhooks that begin with this prefix. */
export const headerNames = (prefix: string) => ({
  id: `${prefix}id`,
  timestamp: `${prefix}timestamp`,
  signature: `${prefix}signature`
})

export const twilioHeader = "x-twilio-signature"

/**
 * The headers in which a scheme looks for a signature, in lower case; none for tokens and the like.
 *
 * @category accessors
 */
export const signatureHeaders = (input: Input): ReadonlyArray<string> => {
  const scheme = normal(input)
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return Arr.ensure(scheme.header)
    case "standard-webhooks":
      return prefixesOf(scheme).map((prefix) => headerNames(prefix).signature)
    case "twilio":
      return [twilioHeader]
    case "by-header":
      return Arr.dedupe(scheme.choices.flatMap(({ use }) => Arr.ensure(use.header)))
    default:
      return []
  }
}

/**
 * The headers whose values prove the sender, in lower case: signatures, tokens and credentials. Never show or keep
 * their values with an accepted webhook.
 *
 * @category accessors
 */
export const proofsOf = (input: Input): ReadonlyArray<string> => {
  const signatures = signatureHeaders(input)
  return signatures.length === 0 ? ofScheme(input) : signatures
}

/**
 * Every header that a delivery id reads, in lower case.
 *
 * @category accessors
 */
export const ofDeliveryId = (spec: DeliveryId): ReadonlyArray<string> => {
  if ("body" in spec) return []
  if ("first" in spec) return Arr.dedupe(spec.first.flatMap(ofDeliveryId))
  if ("all" in spec) return Arr.dedupe(spec.all.flatMap(ofField))
  return ofField(spec)
}

/**
 * Every header that reading this field needs, in lower case.
 *
 * @category accessors
 */
export const ofField = (field: Field): ReadonlyArray<string> =>
  "header" in field
    ? [field.header, ...(field.with === undefined ? [] : [field.with])].map(lower)
    : bodyHeaders

const lower = (name: string): string => name.toLowerCase()

/**
 * The delivery id that these headers claim, before anything is verified. `undefined` if the scheme signs none.
 *
 * @category accessors
 */
export const claimedId = (input: Input, headers: Headers): string | undefined => {
  const scheme = normal(input)
  if (scheme.scheme !== "standard-webhooks") return undefined
  const family = prefixesOf(scheme)
    .map(headerNames)
    .find((names) => headers[names.signature] && headers[names.id])
  const id = family === undefined ? undefined : headers[family.id]
  return id === undefined ? undefined : storable(id)
}
