/** Which headers of a delivery are kept, where, and which of their values may be shown. */
import { Function, Record } from "effect"
import { DeliveryId, Scheme, type Sender, Senders } from "@usher/signatures"

type Headers = Readonly<Record<string, string | undefined>>

/** Names that carry a secret, a signature, a proof of identity or who a proxy has let in, anywhere in this field. */
const secretName =
  /authorization|cookie|signature|secret|token|hmac|passw|api-?key|credential|jwt|assertion|session|oidc|saml|principal|client-cert|authenticated-user|remote-user|forwarded-(?:user|email|groups|preferred)|(?:^|[-_])(?:sig|auth|pwd|(?<!idempotency[-_])key)(?:[-_]|$)/

/** Those of them that carry a signature: worth nothing without the delivery that it signs. */
const signatureName = /signature|hmac|(?:^|[-_])sig(?:[-_]|$)/

const credentialName = /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$/

/** What an accepted webhook keeps and what a refused one needs, by the sender's data. */
const readBy = Function.memoize(({ scheme, deliveryId, events }: Sender.Sender) => {
  const named = [
    ...DeliveryId.headersRead(deliveryId),
    ...(events === undefined ? [] : [events.name, ...(events.otherNames ?? [])]).flatMap(
      DeliveryId.fieldHeadersRead
    )
  ]
  return {
    proofs: new Set(Scheme.proofHeaders(scheme)),
    /** Ids and names of events: mappings and people may want them. */
    named: new Set(named),
    all: new Set([...Scheme.headersRead(scheme), ...named])
  }
})

/** What every webhook keeps: how its body is read, who sent it, and its trace. */
const always = ["content-type", "content-encoding", "user-agent", "date", "traceparent", "tracestate"]

/** Whether a header of this name is never kept with an accepted webhook, because it is or may be a credential. */
export const isCredential = (name: string, sender: Sender.Sender): boolean =>
  secretName.test(name) || readBy(sender).proofs.has(name)

/**
 * The headers that an accepted webhook of a source keeps, in lower case: the usual ones, those that its sender's id, event
 * and signature are read from, and `more`. All others are dropped, and so are credentials and proofs. A delivery id and the
 * name of an event stay, whatever their headers are called.
 */
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
    // Every object has a `constructor`, which is no header.
    if (typeof value === "string") found[name] = value
  }
  return found
}

/** The headers of a refused delivery: what may be shown, and what is a secret, a signature or a proof. */
export interface Verifiable {
  readonly shown: Readonly<Record<string, string>>
  readonly masked: Readonly<Record<string, string>>
}

/**
 * In quarantine: whatever verifies the delivery again, also after the source was configured for another sender or
 * another scheme. A credential that no source and no known sender reads is dropped.
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

/** In place of a value that nobody gets to see. */
export const mask = "•••"

/** Every header by its name, without the values of secrets, signatures and proofs. */
export const masked = (
  { shown, masked }: Verifiable,
  senders: Iterable<Sender.Sender>
): Record<string, string> => {
  const known = knownTo(senders)
  return withValues({ ...shown, ...masked }, (name) => !Object.hasOwn(masked, name) && !isSecret(name, known))
}

/** The same for a source that is not configured any more, of which nobody knows where it puts its proofs. */
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
