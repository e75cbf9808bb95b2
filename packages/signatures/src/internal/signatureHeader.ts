/** The signatures and the signed time that a delivery carries, before anything is known to be true. */
import { Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hash, Hmac, Timestamp } from "../Scheme.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { jsonOf, valuesAt } from "./body.ts"
import { failure, type Freshness, isTimestamp, malformed, missing } from "./check.ts"

interface Read {
  readonly signatures: ReadonlyArray<string>
  readonly timestamp: string | undefined
}

export const readHeader = (
  scheme: Hmac | Hash,
  header: string,
  value: string
): Result.Result<Read, VerificationFailed> => {
  if (scheme.fields === undefined) {
    const prefix = scheme.prefix ?? ""
    if (value.startsWith(prefix))
      return Result.succeed({ signatures: [value.slice(prefix.length)], timestamp: undefined })
    return /^[a-z][a-z0-9]{1,7}=/.test(value)
      ? failure(
          "UnsupportedVersion",
          `the header ${header} does not begin with "${prefix}", which is verified here`,
          header
        )
      : malformed(header, `a value that begins with "${prefix}"`)
  }
  const { separator, signature } = scheme.fields
  const fields = value.split(separator).flatMap((field): ReadonlyArray<readonly [string, string]> => {
    const at = field.indexOf("=")
    return at === -1 ? [] : [[field.slice(0, at).trim(), field.slice(at + 1).trim()]]
  })
  const all = (name: string) => fields.flatMap(([key, text]) => (key === name ? [text] : []))
  const signatures = all(signature)
  const times = scheme.timestamp?.field === undefined ? [] : all(scheme.timestamp.field)
  if (signatures.length === 0) {
    return times.length > 0 && fields.length > times.length
      ? failure(
          "UnsupportedVersion",
          `the header ${header} has no ${signature} signature, which is verified here`,
          header
        )
      : malformed(header, `fields such as ${signature}=…, separated by "${separator}"`)
  }
  // Two times would let one be signed and the other judged.
  if (times.length > 1) return malformed(header, `the field ${scheme.timestamp?.field} only once`)
  return Result.succeed({ signatures, timestamp: times[0] })
}

type Time = Result.Result<{ readonly text: string; readonly header: string }, VerificationFailed>

/** The time that is among the signed parts, exactly as it was sent. */
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
    : malformed(header, `a field ${timestamp.field} with whole ${unit} since 1970, in digits`)
}

/** The time inside a signed body; without it there, the unsigned header's. */
export const bodyTime = (
  { header = "", json = "" }: Timestamp,
  { unit }: Freshness,
  delivery: Delivery
): Time => {
  const [text] = valuesAt(jsonOf(delivery.body), json)
  if (text === undefined) return headerTime(header, unit, delivery)
  return isTimestamp(text, unit)
    ? Result.succeed({ text, header })
    : failure("MalformedHeader", `the body's ${json} is not whole ${unit} since 1970`)
}

const headerTime = (header: string, unit: Freshness["unit"], delivery: Delivery): Time => {
  const text = delivery.headers[header]
  if (!text) return missing(header)
  return isTimestamp(text, unit)
    ? Result.succeed({ text, header })
    : malformed(header, `whole ${unit} since 1970, in digits`)
}
