/**
 * Decides whether a text names a person, ignoring case, Unicode composition, and the spelling of an international
 * domain.
 */
import { domainToASCII, domainToUnicode } from "node:url"
import { Invitation } from "@usher/core"
import { type Edges, edges } from "./edges.ts"

export interface Mention {
  /** All spellings of the member that have ids of their own. */
  readonly members: ReadonlyArray<string>
  /** Whether a decoded text names the person, and not somebody with a longer address or id. Linear in the text. */
  readonly isIn: (text: string) => boolean
}

export const mentionOf = (member: string): Mention => {
  if (Invitation.isAddress(member)) {
    const members = spellingsOf(member)
    return { members, isIn: finding(members.map(comparable), comparable, edges.address) }
  }
  if (!uuid.test(member)) return { members: [member], isIn: finding([composed(member)], composed, edges.id) }
  const members = [...new Set([member, member.toLowerCase(), member.toUpperCase()])]
  return { members, isIn: finding([comparable(member)], comparable, edges.id) }
}

/** Shorter ids, such as `42`, appear in many bodies with another meaning. */
const minIdLength = 8

/** Whether a body that contains this member names the person. */
export const isSearchable = (member: string): boolean =>
  Invitation.isAddress(member) || member.length >= minIdLength

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** Spellings with the domain in Unicode and in Punycode, and with a quoted local part, which means the same. */
const spellingsOf = (address: string): ReadonlyArray<string> => {
  const at = address.lastIndexOf("@")
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  const bare = /^"([^"\\\s@]+)"$/.exec(local)?.[1] ?? local
  const locals = bare.startsWith('"') ? [bare] : [bare, `"${bare}"`]
  // Both are empty for a domain that IDNA does not accept.
  const domains = [domain, domainToASCII(domain), domainToUnicode(domain)].filter((one) => one !== "")
  const all = [address, ...domains.flatMap((domain) => locals.map((local) => `${local}@${domain}`))]
  return [...new Map(all.map((one) => [comparable(one), one])).values()]
}

const finding =
  (needles: ReadonlyArray<string>, prepare: (text: string) => string, { isStart, isEnd }: Edges) =>
  (text: string): boolean => {
    const prepared = prepare(text)
    return needles.some((needle) => {
      for (let at = prepared.indexOf(needle); at !== -1; at = prepared.indexOf(needle, at + 1)) {
        if (isStart(prepared, at) && isEnd(prepared, at + needle.length)) return true
      }
      return false
    })
  }

const beyondAscii = /[\u0080-\uffff]/

/** Invisible characters. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** More marks on a letter than any language uses. Composing takes time quadratic in them. */
const stacked = /\p{M}{31}/u

const composed = (text: string): string => {
  if (!beyondAscii.test(text)) return text
  const visible = text.replaceAll(invisible, "")
  return stacked.test(visible) ? visible : visible.normalize("NFC")
}

const comparable = (text: string): string => composed(text).toLowerCase()
