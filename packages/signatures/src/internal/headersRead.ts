/** The headers that a scheme and a delivery id read, as data: a delivery reduced to them verifies as before. */
import { Array as Arr } from "effect"
import type { Hash, Hmac } from "../DigestScheme.ts"
import type { DeliveryId, Field } from "./deliveryIdSpec.ts"
import { storable } from "./crypto.ts"
import { normal } from "./normal.ts"
import type { Input } from "./schemes.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** How the bytes of a body become values: every spec that looks into the body reads them. */
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
      return prefixesOf(scheme).flatMap((prefix) => [
        `${prefix}id`,
        `${prefix}timestamp`,
        `${prefix}signature`
      ])
    case "twilio":
      return ["x-twilio-signature", ...bodyHeaders]
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

const prefixesOf = ({ prefixes = ["webhook-"] }: { readonly prefixes?: ReadonlyArray<string> }) => prefixes

/**
 * The headers whose values prove the sender, in lower case: signatures, tokens and credentials. Never show or keep
 * their values with an accepted webhook.
 *
 * @category accessors
 */
export const proofsOf = (input: Input): ReadonlyArray<string> => {
  const scheme = normal(input)
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return Arr.ensure(scheme.header)
    case "standard-webhooks":
      return prefixesOf(scheme).map((prefix) => `${prefix}signature`)
    case "by-header":
      return Arr.dedupe(scheme.choices.flatMap(({ use }) => Arr.ensure(use.header)))
    case "twilio":
      return ["x-twilio-signature"]
    default:
      return ofScheme(scheme)
  }
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
 * The delivery id that the scheme would sign, as these headers claim it and before anything is verified. Undefined
 * where the scheme signs none.
 *
 * @category accessors
 */
export const claimedId = (input: Input, headers: Headers): string | undefined => {
  const scheme = normal(input)
  if (scheme.scheme !== "standard-webhooks") return undefined
  const family = prefixesOf(scheme).find((prefix) => headers[`${prefix}signature`] && headers[`${prefix}id`])
  const id = family === undefined ? undefined : headers[`${family}id`]
  return id === undefined ? undefined : storable(id)
}
