/** Decides which headers of a delivery are stored, and which values may be shown. */
import { Function, Record } from "effect"
import { DeliveryId, Scheme, type Sender, Senders } from "@usher/signatures"

type Headers = Readonly<Record<string, string | undefined>>

/**
 * Names that contain these parts can carry a secret, a signature, a proof of identity, or the user that a proxy
 * authenticated.
 */
const secretName =
  /authorization|cookie|signature|secret|token|hmac|passw|api-?key|credential|jwt|assertion|session|oidc|saml|principal|client-cert|authenticated-user|remote-user|forwarded-(?:user|email|groups|preferred)|(?:^|[-_])(?:sig|auth|pwd|(?<!idempotency[-_])key)(?:[-_]|$)/

/** Names of signatures. A signature is useless without its delivery. */
const signatureName = /signature|hmac|(?:^|[-_])sig(?:[-_]|$)/

const credentialName = /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$/

/** The headers that accepted and refused webhooks need, by the sender's data. */
const readBy = Function.memoize(({ scheme, deliveryId, events }: Sender.Sender) => {
  const named = [
    ...DeliveryId.headersRead(deliveryId),
    ...(events === undefined ? [] : [events.name, ...(events.otherNames ?? [])]).flatMap(
      DeliveryId.fieldHeadersRead
    )
  ]
  return {
    proofs: new Set(Scheme.proofHeaders(scheme)),
    /** Ids and names of events, which mappings and people may need. */
    named: new Set(named),
    all: new Set([...Scheme.headersRead(scheme), ...named])
  }
})

/** Stored with every webhook: how to read its body, who sent it, and its trace. */
const always = ["content-type", "content-encoding", "user-agent", "date", "traceparent", "tracestate"]

/** Whether a header is never stored with an accepted webhook, because it can be a credential. */
export const isCredential = (name: string, sender: Sender.Sender): boolean =>
  secretName.test(name) || readBy(sender).proofs.has(name)

/** The headers with these names. */
export const keptNames = (
  sender: Sender.Sender,
  events: ReadonlyArray<string>,
  more: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const { proofs, named, all } = readBy(sender)
  const telling = [...named, ...events].filter((name) => !proofs.has(name) && !credentialName.test(name))
  const others = [...always, ...all, ...more.map((name) => name.toLowerCase())]
  return [...new Set([...telling, ...others.filter((name) => !isCredential(name, sender))])].toSorted()
}

/** With an accepted webhook: the headers of these names. */
export const kept = (headers: Headers, names: ReadonlyArray<string>): Record<string, string> => {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    // Every object has a `constructor`, which is not a header.
    if (typeof value === "string") found[name] = value
  }
  return found
}

/** The headers of a refused delivery: those that may be shown, and the secrets, signatures and proofs. */
export interface Verifiable {
  readonly shown: Readonly<Record<string, string>>
  readonly masked: Readonly<Record<string, string>>
}

/**
 * The headers to verify a delivery again, also after the source was configured for another sender or scheme. Drops
 * credentials that no source and no known sender uses.
 */
export const verifiable = (headers: Headers, senders: Iterable<Sender.Sender>): Verifiable => {
  const known = knownTo(senders)
  const isKept = (name: string) =>
    !secretName.test(name) || signatureName.test(name) || known.some(({ all }) => all.has(name))
  return {
    shown: only(headers, (name) => isKept(name) && !isSecret(name, known)),
    masked: only(headers, (name) => isKept(name) && isSecret(name, known))
  }
}

/** Replaces values that nobody may see. */
export const mask = "•••"

/** All headers by name, without the values of secrets, signatures and proofs. */
export const masked = (
  { shown, masked }: Verifiable,
  senders: Iterable<Sender.Sender>
): Record<string, string> => {
  const known = knownTo(senders)
  return withValues({ ...shown, ...masked }, (name) => !Object.hasOwn(masked, name) && !isSecret(name, known))
}

/** The same for a source that was removed from the configuration, so that its proofs are unknown. */
export const maskedUnknown = ({ shown, masked }: Verifiable): Record<string, string> =>
  withValues({ ...masked, ...shown }, (name) => harmless.has(name))

const harmless: ReadonlySet<string> = new Set([
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "expect",
  "host",
  "traceparent",
  "transfer-encoding",
  "user-agent",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto"
])

const table = Senders.all.map(readBy)

const knownTo = (senders: Iterable<Sender.Sender>) => [...Array.from(senders, readBy), ...table]

const isSecret = (name: string, known: ReturnType<typeof knownTo>) =>
  secretName.test(name) || known.some(({ proofs }) => proofs.has(name))

const withValues = (headers: Readonly<Record<string, string>>, isShown: (name: string) => boolean) =>
  Record.map(headers, (value, name) => (isShown(name) ? value : mask))

const only = (headers: Headers, isWanted: (name: string) => boolean): Record<string, string> =>
  Record.filter(headers, (value, name): value is string => value !== undefined && isWanted(name))
