/** Validates email addresses by RFC 5321 and 6531, without comments, spaces and address literals. */

/** Why a text is not an address. */
export type Flaw = "NotAnAddress" | "TooLong"

/** In octets of UTF-8 (RFC 5321, 4.5.3.1, with the erratum on paths). */
const limits = { local: 64, label: 63, address: 254 }

/** The flaw of a text; `undefined` for a valid address. Linear in the text. */
export const flawOf = (text: string): Flaw | undefined => {
  if (text.length > limits.address) return "TooLong"
  const at = text.startsWith('"') ? endOfQuoted(text) : text.indexOf("@")
  if (at < 1 || text[at] !== "@") return "NotAnAddress"
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (!isLocal(local) || !isDomain(domain)) return "NotAnAddress"
  return octets(local) > limits.local || octets(text) > limits.address ? "TooLong" : undefined
}

const octets = (text: string) => new TextEncoder().encode(text).length

/** The index after the closing quotation mark; -1 if there is none, or if the quotation is empty. */
const endOfQuoted = (text: string): number => {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === '"') return at === 1 ? -1 : at + 1
  }
  return -1
}

/** No atom contains a dot, so there is one way to match. */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+)*$/u

const unprintable = /[\s\p{C}\p{Z}]/u

/** Mail systems normalize a fullwidth ＠ or comma to the ASCII one, which would be another address. */
const isLocal = (local: string) =>
  !unprintable.test(local) && (local.startsWith('"') || dotAtom.test(local.normalize("NFKC")))

/** Letters and digits of any script, in normalized form, as registries require. */
const label = /^[\p{L}\p{Nd}](?:[\p{L}\p{M}\p{Nd}-]*[\p{L}\p{M}\p{Nd}])?$/u

const isDomain = (domain: string) => {
  const labels = domain.split(".")
  return (
    labels.length > 1 &&
    labels.every((one) => one.length <= limits.label && label.test(one)) &&
    !/^\d+$/.test(labels.at(-1) ?? "") &&
    domain.normalize("NFKC") === domain
  )
}
