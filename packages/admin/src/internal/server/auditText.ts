/**
 * Sanitizes the parameters of audit entries: bounded in size, with a keyed digest in place of each person. A person has the
 * same digest throughout one database. The digest identifies nobody without the database's key.
 */
import { DateTime, Predicate } from "effect"
import { Invitation } from "@usher/core"
import { createHmac } from "node:crypto"

export type Digest = (member: string) => string

/** Makes the digest of one database from its key for people. The digests match no other hash in the database. */
export const digestWith = (personKey: string): Digest => {
  const key = createHmac("sha256", Buffer.from(personKey, "base64")).update("usher audit log").digest()
  return (member) => {
    const digest = createHmac("sha256", key).update(Invitation.memberKey(member)).digest("base64url")
    return `person:${digest.slice(0, 22)}`
  }
}

/** Characters that end an address. */
const edge = /[\s@"'<>()[\],;:]/

/** Replaces email addresses, in one pass. */
export const withoutAddresses = (text: string, digest: Digest): string => {
  let kept = ""
  let from = 0
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    let start = at
    while (start > from && !edge.test(text[start - 1] ?? " ")) start--
    let end = at + 1
    while (end < text.length && !edge.test(text[end] ?? " ")) end++
    while (end > at + 1 && text[end - 1] === ".") end--
    if (start === at || end === at + 1) continue
    kept += text.slice(from, start) + digest(text.slice(start, end))
    from = end
    at = end - 1
  }
  return kept + text.slice(from)
}

/** Parameters that name a person even if they are no address, such as a member id. */
const personal = new Set(["person", "text", "member", "members", "invitedBy"])

const maxText = 500
const maxItems = 100
const deepest = 8

export const bounded = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text)

/** Replaces the people in a JSON value. */
export const withoutPeople = (value: unknown, digest: Digest, isPersonal = false, depth = 0): unknown => {
  if (typeof value === "string") {
    return isPersonal ? digest(value) : bounded(withoutAddresses(value, digest))
  }
  if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
  if (!Predicate.isObjectOrArray(value)) return value
  if (depth === deepest) return "…"
  if (Array.isArray(value)) {
    const first = value.slice(0, maxItems).map((one) => withoutPeople(one, digest, isPersonal, depth + 1))
    return value.length > maxItems ? [...first, `… ${value.length - maxItems} more`] : first
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [name, withoutPeople(one, digest, isPersonal || personal.has(name), depth + 1)])
  )
}
