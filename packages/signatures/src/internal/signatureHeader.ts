/** Reads the signatures and the signed time of a delivery, before they are verified. */
import { Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hash, Hmac, Timestamp } from "../Scheme.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { jsonOf, valuesAt } from "./body.ts"
import { expectedTime, failure, type Freshness, isTimestamp, malformed, missing } from "./check.ts"

interface Read {
  readonly signatures: ReadonlyArray<string>
  readonly timestamp: string | undefined
}

/** Reads the value of one header, with at most `max` signatures. */
export type Reader = (header: string, value: string, max: number) => Result.Result<Read, VerificationFailed>

export const readerOf = (scheme: Hmac | Hash): Reader =>
  scheme.fields === undefined
    ? prefixed(scheme.prefix ?? "")
    : fielded(scheme.fields, scheme.timestamp?.field)

// Separates the elements of a list, besides the separator of the scheme.
const between = /[ \t,]+/

// Too short for a signature with padding.
const named = /^[A-Za-z][\w.-]{0,19}=/

/** Reads `sha256=aa`, `sha256=aa, sha256=bb` and `sha256=aa bb`: a signature without a prefix has the one before it. */
const prefixed = (written: string): Reader => {
  // Some senders write a space after the "=" of the name, and some do not.
  const prefix = /=\s+$/.test(written) ? written.trimEnd() : written
  return (header, value, max) => {
    if (value.startsWith(prefix)) {
      const rest = value.slice(prefix.length).trimStart()
      if (!between.test(rest)) return Result.succeed({ signatures: [rest], timestamp: undefined })
    }
    const signatures = listed(prefix, value, max)
    if (signatures.length > 0) return Result.succeed({ signatures, timestamp: undefined })
    if (prefix === "") return Result.succeed({ signatures: [value], timestamp: undefined })
    return /^[a-z][a-z0-9]{1,7}=/.test(value)
      ? failure(
          "UnsupportedVersion",
          `the header ${header} does not begin with "${prefix}", the only form that is verified here`,
          header
        )
      : malformed(header, `a value that begins with "${prefix}"`)
  }
}

const listed = (prefix: string, value: string, max: number): ReadonlyArray<string> => {
  const signatures: Array<string> = []
  let isOwn = prefix === ""
  for (let at = 0; at < value.length && signatures.length < max;) {
    if (isBetween(value, at)) {
      at++
      continue
    }
    const isPrefixed = prefix !== "" && value.startsWith(prefix, at)
    const start = isPrefixed ? at + prefix.length : at
    let end = start
    while (end < value.length && !isBetween(value, end)) end++
    const text = value.slice(start, end)
    isOwn = isPrefixed || (isOwn && !named.test(text))
    if (isOwn && text !== "") signatures.push(text)
    at = end
  }
  return signatures
}

const isBetween = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code === 0x20 || code === 0x2c || code === 0x09
}

/** Reads `t=1,v1=aa,v1=bb` or `t=1,v1=aa,bb`: a value without a name belongs to the field before it. */
const fielded = (
  { separator, signature }: NonNullable<Hmac["fields"]>,
  timeField: string | undefined
): Reader => {
  const ofSignature = `${signature}=`
  const ofTime = timeField === undefined ? undefined : `${timeField}=`
  const malformedFields = (header: string) =>
    malformed(header, `fields such as ${signature}=…, separated by "${separator}"`)
  return (header, value, max) => {
    const signatures: Array<string> = []
    const times: Array<string> = []
    let others = 0
    let current: "signature" | "time" | "other" = "other"
    let isSigned = false
    for (const field of value.split(separator)) {
      for (const [index, text] of tokensOf(field).entries()) {
        let rest = text
        if (text.startsWith(ofSignature)) {
          current = "signature"
          isSigned = true
          rest = text.slice(ofSignature.length)
        } else if (ofTime !== undefined && text.startsWith(ofTime)) {
          rest = text.slice(ofTime.length)
          current = "time"
          // The values of a repeated header are joined inside a field, with the same time again.
          if (index > 0 && times[0] === rest) rest = ""
        } else if (named.test(text)) {
          current = "other"
          others++
        }
        if (rest === "") continue
        if (current === "time" && rest !== text) times.push(rest)
        else if (current === "time" && times.length === 0) times.push(rest)
        else if (current === "signature" && signatures.length < max) signatures.push(rest)
      }
    }
    // With two times, one could be signed and the other checked.
    if (times.length > 1) return malformed(header, `the field ${timeField} only once`)
    if (isSigned) {
      return Result.succeed({ signatures: signatures.length === 0 ? [""] : signatures, timestamp: times[0] })
    }
    return times.length > 0 && others > 0
      ? failure(
          "UnsupportedVersion",
          `the header ${header} has no ${signature} signature, the only version that is verified here`,
          header
        )
      : malformedFields(header)
  }
}

const tokensOf = (field: string): ReadonlyArray<string> =>
  between.test(field) ? field.split(between).filter((text) => text !== "") : field === "" ? [] : [field]

type Time = Result.Result<{ readonly text: string; readonly header: string }, VerificationFailed>

/** The time among the signed parts, exactly as it was sent. */
export const signedTime = (
  { timestamp }: Hmac | Hash,
  { unit }: Freshness,
  header: string,
  field: string | undefined,
  delivery: Delivery
): Time => {
  if (timestamp === undefined || timestamp.json !== undefined) return Result.succeed({ text: "", header })
  if (timestamp.field === undefined) return headerTime(timestamp.header ?? header, unit, delivery)
  return field !== undefined && isTimestamp(field, unit)
    ? Result.succeed({ text: field, header })
    : malformed(header, `a field ${timestamp.field} with ${expectedTime(field, unit)}`)
}

/** The time in a signed body, or in the unsigned header if the body has none. */
export const bodyTime = (
  { header = "", json = "" }: Timestamp,
  { unit }: Freshness,
  delivery: Delivery
): Time => {
  const [text] = valuesAt(jsonOf(delivery.body), json)
  if (text === undefined && header !== "") return headerTime(header, unit, delivery)
  return text !== undefined && isTimestamp(text, unit)
    ? Result.succeed({ text, header })
    : failure(
        "MalformedHeader",
        text === undefined
          ? `the body has no time at ${json}`
          : `the body's ${json} is not ${expectedTime(text, unit)}`
      )
}

const headerTime = (header: string, unit: Freshness["unit"], delivery: Delivery): Time => {
  const text = delivery.headers[header]
  if (!text) return missing(header)
  return isTimestamp(text, unit)
    ? Result.succeed({ text, header })
    : malformed(header, expectedTime(text, unit))
}
