/** Which headers of a delivery are kept, and where. */
import { Scheme, type Sender } from "@usher/signatures"

type Headers = Readonly<Record<string, string | undefined>>

/** Names that carry a secret, a signature or a proof of identity anywhere in this field. */
const secretHeader = /authorization|cookie|signature|secret|token|hmac|password|api-?key|credential/

/** In which this sender proves itself. */
const proofs = ({ scheme }: Sender.Sender): ReadonlyArray<string> => {
  if (scheme.scheme === "basic") return ["authorization"]
  if (scheme.scheme === "token") return scheme.header === undefined ? [] : [scheme.header]
  return Scheme.signatureHeaders(scheme)
}

/** With a webhook: all but those, and but where this sender puts its own. */
export const kept = (headers: Headers, sender: Sender.Sender): Record<string, string> => {
  const own = proofs(sender)
  return only(headers, (name) => !secretHeader.test(name) && !own.includes(name))
}

/** In quarantine: these, and what it takes to verify the delivery again. */
export const verifiable = (headers: Headers, sender: Sender.Sender): Record<string, string> => {
  const own = proofs(sender)
  return only(headers, (name) => !secretHeader.test(name) || own.includes(name))
}

const only = (headers: Headers, isWanted: (name: string) => boolean): Record<string, string> => {
  const wanted: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && isWanted(name)) wanted[name] = value
  }
  return wanted
}
