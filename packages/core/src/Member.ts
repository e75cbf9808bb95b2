/**
 * Reads members from text: email addresses and Spot member ids, as forms, spreadsheets and mail programs write them.
 */
import { Result, Schema } from "effect"
import { flawOf } from "./internal/address.ts"
import { isNobody } from "./internal/nobody.ts"
import {
  clean,
  mailbox,
  partsOf,
  unescape,
  unquoted,
  withoutMailto,
  withoutQuotes
} from "./internal/personText.ts"
import { isWhole } from "./internal/wholeMatch.ts"
import { Member, memberKey } from "./Invitation.ts"

const Reason = Schema.Literals([
  "Placeholder",
  "NotAnAddress",
  "NotAMemberId",
  "MixedList",
  "TooLong",
  "TooMany"
])

/**
 * Why no member can be read from a text.
 *
 * @category models
 */
export type Reason = typeof Reason.Type

/**
 * The maximum length of a text.
 *
 * @category constants
 */
export const maxLength = 32_768

/**
 * The maximum number of addresses in a list.
 *
 * @category constants
 */
export const maxAddresses = 1_000

/**
 * Each reason as the end of a sentence: "The text is …".
 *
 * @category models
 */
export const sayings: Readonly<Record<Reason, string>> = {
  Placeholder: "a placeholder",
  NotAnAddress: "not an email address",
  NotAMemberId: "neither an email address nor a Spot member id",
  MixedList: "a list with a part that is not an email address",
  TooLong: "too long for an email address",
  TooMany: "a list of more than 1,000 addresses"
}

/**
 * A text from which no member can be read. The error does not hold the text.
 *
 * @category errors
 */
export class NotAMember extends Schema.TaggedError<NotAMember>()("NotAMember", {
  /** The reason. */
  reason: Reason
}) {
  override get message() {
    return `The text is ${sayings[this.reason]}.`
  }
}

/**
 * Sets which texts are Spot member ids.
 *
 * @category options
 */
export interface Options {
  /** A pattern for the whole id. A UUID is always an id. Default: only UUIDs. */
  readonly memberId?: RegExp | undefined
}

/**
 * Reads the members of a text, without repetitions, in the form in which they are sent.
 *
 * ```ts
 * import { Member } from "@usher/core"
 *
 * const members = Member.parse("Alice <alice@example.com>; bob@example.com")
 * // success: ["alice@example.com", "bob@example.com"]
 * ```
 *
 * Reads an address, `Name <address>`, `mailto:address`, quotation marks and HTML entities around them, and lists of
 * addresses by comma, semicolon or line break. Invisible characters and surrounding space are removed, and the text is
 * composed (NFC). A list is read only if each of its parts is an address. Takes time linear in the text.
 *
 * @category parsing
 */
export const parse = (
  text: string,
  { memberId }: Options = {}
): Result.Result<ReadonlyArray<string>, NotAMember> => {
  if (text.length > maxLength) return refuse("TooLong")
  const plain = clean(text)
  if (isNobody(plain)) return refuse("Placeholder")
  if (flawOf(plain) === undefined) return Result.succeed([plain])
  const named = withoutQuotes(withoutMailto(clean(unescape(plain))))
  return named.includes("@") ? addresses(named) : id(named, memberId)
}

const refuse = (reason: Reason) => Result.fail(new NotAMember({ reason }))

const addresses = (text: string): Result.Result<ReadonlyArray<string>, NotAMember> => {
  const parts = partsOf(text)
  if (parts.length > maxAddresses) return refuse("TooMany")
  const read = parts.map(address)
  const [only] = read
  if (only !== undefined && read.length === 1) return Result.map(only, (address) => [address])
  const found = new Map<string, string>()
  for (const one of read) {
    if (Result.isFailure(one)) return refuse("MixedList")
    const key = memberKey(one.success)
    if (!found.has(key)) found.set(key, one.success)
  }
  return Result.succeed([...found.values()])
}

/** One part of a list. */
const address = (part: string): Result.Result<string, NotAMember> => {
  if (flawOf(part) === undefined) return Result.succeed(part)
  const { name, address } = mailbox(part) ?? { name: "", address: withoutQuotes(part) }
  const found = withoutMailto(address)
  const flaw = isNameOf(name, found) ? flawOf(found) : "NotAnAddress"
  return flaw === undefined ? Result.succeed(found) : refuse(flaw)
}

/** A name that holds another address may mean another person. */
const isNameOf = (name: string, address: string): boolean => {
  const outside = unquoted(name)
  return (
    outside !== undefined &&
    !/[<>]/.test(outside) &&
    (!outside.includes("@") || memberKey(withoutQuotes(name)) === memberKey(address))
  )
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

const isMember = Schema.is(Member)

const id = (text: string, memberId: RegExp | undefined): Result.Result<ReadonlyArray<string>, NotAMember> => {
  if (isNobody(text)) return refuse("Placeholder")
  if (/%40/.test(text)) return refuse("NotAnAddress")
  const isId = uuid.test(text) || (memberId !== undefined && isMember(text) && isWhole(memberId, text))
  return isId ? Result.succeed([text]) : refuse("NotAMemberId")
}
