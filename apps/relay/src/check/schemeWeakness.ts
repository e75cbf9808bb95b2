/** What a signature scheme leaves open, read from the scheme itself: no sender is named here. */
import { DeliveryId, Scheme } from "@usher/signatures"

type Keyed = Scheme.Hmac | Scheme.Hash

/** The digests of a scheme; of several versions, each. */
const keyedIn = (scheme: Scheme.Scheme): ReadonlyArray<Keyed> => {
  if (scheme.scheme === "hmac" || scheme.scheme === "hash") return [scheme]
  return scheme.scheme === "by-header" ? scheme.choices.map(({ use }) => use) : []
}

/** Twilio offers nothing else. */
export const usesSha1 = (scheme: Scheme.Scheme): boolean =>
  scheme.scheme === "twilio" || keyedIn(scheme).some(({ algorithm }) => algorithm === "sha1")

/** Whether what is signed is the URL as well, so that the relay has to know it. */
export const signsUrl = (scheme: Scheme.Scheme): boolean =>
  scheme.scheme === "twilio" || keyedIn(scheme).some(({ parts }) => parts?.includes("url"))

/** How much of a body the signature covers. A secret that is sent as it is signs nothing. */
export const coverage = (scheme: Scheme.Scheme): "all" | "first-event" | "none" => {
  const parts = keyedIn(scheme).flatMap(({ parts }) => (parts === undefined ? [] : [parts]))
  if (parts.some((parts) => !parts.includes("body") && !parts.includes("first-event"))) return "none"
  return parts.some((parts) => !parts.includes("body")) ? "first-event" : "all"
}

/** Headers in which the delivery id may stand and which the signature does not cover. None where nothing is signed. */
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
