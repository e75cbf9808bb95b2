/** Weaknesses of a signature scheme, derived from the scheme alone. */
import { DeliveryId, Scheme } from "@usher/signatures"

type Keyed = Scheme.Hmac | Scheme.Hash

/** The keyed digests of a scheme, in each of its versions. */
const keyedIn = (scheme: Scheme.Scheme): ReadonlyArray<Keyed> => {
  if (scheme.scheme === "hmac" || scheme.scheme === "hash") return [scheme]
  return scheme.scheme === "by-header" ? scheme.choices.map(({ use }) => use) : []
}

/** Whether the signature uses SHA-1, as Twilio's always does. */
export const usesSha1 = (scheme: Scheme.Scheme): boolean =>
  scheme.scheme === "twilio" || keyedIn(scheme).some(({ algorithm }) => algorithm === "sha1")

/** Whether the signature covers the URL, so that the relay needs its public URL. */
export const signsUrl = (scheme: Scheme.Scheme): boolean =>
  scheme.scheme === "twilio" || keyedIn(scheme).some(({ parts }) => parts?.includes("url"))

/** How much of the body the signature covers. Schemes without a signature count as `all`. */
export const coverage = (scheme: Scheme.Scheme): "all" | "first-event" | "none" => {
  const parts = keyedIn(scheme).flatMap(({ parts }) => (parts === undefined ? [] : [parts]))
  if (parts.some((parts) => !parts.includes("body") && !parts.includes("first-event"))) return "none"
  return parts.some((parts) => !parts.includes("body")) ? "first-event" : "all"
}

/** Headers that may hold the delivery id and that the signature does not cover. None without a signature. */
export const unsignedIdHeaders = (
  scheme: Scheme.Scheme,
  deliveryId: DeliveryId.DeliveryId
): ReadonlyArray<string> => {
  if (["token", "basic", "none"].includes(scheme.scheme)) return []
  const covered = new Set(signedHeaders(scheme))
  return fieldsOf(deliveryId).flatMap((field) => {
    if (!("header" in field)) return []
    const name = field.header.toLowerCase()
    return covered.has(name) ? [] : [name]
  })
}

const signedHeaders = (scheme: Scheme.Scheme): ReadonlyArray<string> => {
  if (scheme.scheme === "standard-webhooks")
    return (scheme.prefixes ?? ["webhook-"]).flatMap((prefix) => [`${prefix}id`, `${prefix}timestamp`])
  return keyedIn(scheme).flatMap(({ parts = [] }) =>
    parts.flatMap((part) => (typeof part === "object" && "header" in part ? [part.header.toLowerCase()] : []))
  )
}

const fieldsOf = (spec: DeliveryId.DeliveryId): ReadonlyArray<DeliveryId.Field> => {
  if ("body" in spec) return []
  if ("first" in spec) return spec.first.flatMap(fieldsOf)
  return "all" in spec ? spec.all : [spec]
}
