/** The generic form that most senders share: a digest of some parts, in a header, with or without a signed time. */
import { Array as Arr, Redacted, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hash, Hmac, Part, Timestamp } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { jsonOf, valuesAt } from "./body.ts"
import {
  type Check,
  failure,
  type Freshness,
  isTimestamp,
  judgeTime,
  malformed,
  matched,
  missing,
  noMatch,
  orOtherUrl,
  toleranceMillis
} from "./check.ts"
import {
  type Chunk,
  decodeBase64,
  digest,
  equalText,
  hexBytes,
  type Key,
  mac,
  macKey,
  textOf,
  utf8
} from "./crypto.ts"
import { prepare, type Shape } from "./secrets.ts"
import { type UrlForm, urlForm } from "./url.ts"

export type Keyed = Hmac | Hash

/** A digest of chunks under one secret, as the text that the sender writes. */
export type Digest = (chunks: (secret: string) => ReadonlyArray<Chunk>) => string

export const compile = (scheme: Keyed, secrets: ReadonlyArray<Secret>): Result.Result<Check, InvalidSecret> =>
  Result.map(
    prepare(secrets, (value) => digestWith(scheme, value)),
    (prepared) => {
      const headers = Arr.ensure(scheme.header)
      const signedHeaders = (scheme.parts ?? []).flatMap((part) =>
        typeof part === "object" && "header" in part ? [part.header] : []
      )
      const mismatch = scheme.parts?.includes("url") ? orOtherUrl : undefined
      const forms = scheme.urlForms ?? (["exact"] as const)
      const freshness: Freshness = {
        unit: scheme.timestamp?.unit ?? "seconds",
        tolerance: toleranceMillis(scheme.tolerance),
        future: scheme.future ?? "reject"
      }
      return (delivery, now) => {
        const wrongVersion = checkVersion(scheme, delivery)
        if (wrongVersion !== undefined) return wrongVersion
        const header = headers.find((name) => delivery.headers[name]) ?? headers[0] ?? ""
        const value = delivery.headers[header]
        const absent = signedHeaders.find((name) => delivery.headers[name] === undefined)
        if (absent !== undefined) return missing(absent)
        if (!value) return missing(header)
        const read = readHeader(scheme, header, value)
        if (Result.isFailure(read)) return Result.fail(read.failure)
        const signed = signedTime(scheme, freshness, header, read.success.timestamp, delivery)
        if (Result.isFailure(signed)) return Result.fail(signed.failure)

        const secret = prepared.find(
          (secret) =>
            secret.expiresAt > now &&
            forms.some((form) => {
              const expected = secret.key((text) =>
                chunksOf(scheme, delivery, signed.success.text, text, form)
              )
              return read.success.signatures.some((given) => equalText(expected, given))
            })
        )
        if (secret === undefined) return noMatch(prepared, now, header, mismatch)
        if (scheme.timestamp === undefined) return matched(scheme.scheme, secret.name)
        const time =
          scheme.timestamp.json === undefined ? signed : bodyTime(scheme.timestamp, freshness, delivery)
        return Result.flatMap(time, ({ text, header }) =>
          judgeTime(freshness, text, now, { scheme: scheme.scheme, secret: secret.name, header })
        )
      }
    }
  )

/** The key of an HMAC is made once; a hash keeps its secret wrapped until the digest is taken. */
export const digestWith = (scheme: Keyed, value: string): Shape<Digest> => {
  const algorithm = scheme.algorithm ?? "sha256"
  const encoding = scheme.encoding ?? "hex"
  if (scheme.scheme === "hash") {
    const secret = Redacted.make(value)
    return Result.succeed((chunks) => digest(algorithm, encoding, chunks(Redacted.value(secret))))
  }
  return Result.map(
    decodeKey(scheme, value),
    (key): Digest =>
      (chunks) =>
        mac(algorithm, key, encoding, chunks(""))
  )
}

const decodeKey = (scheme: Hmac, value: string): Shape<Key> => {
  if (scheme.key === "base64") {
    const bytes = decodeBase64(value)
    return bytes === undefined ? Result.fail("NotBase64") : Result.succeed(macKey(bytes))
  }
  if (scheme.key === "hex") {
    return /^(?:[0-9a-f]{2})+$/i.test(value) ? Result.succeed(macKey(hexBytes(value))) : Result.fail("NotHex")
  }
  return Result.succeed(macKey(utf8(value)))
}

const checkVersion = (scheme: Keyed, delivery: Delivery) => {
  if (scheme.version === undefined) return undefined
  const { header, value } = scheme.version
  const given = delivery.headers[header]
  if (!given) return missing(header)
  return given === value
    ? undefined
    : failure(
        "UnsupportedVersion",
        `the header ${header} does not say ${value}, which is what is verified here`,
        header
      )
}

interface Read {
  readonly signatures: ReadonlyArray<string>
  readonly timestamp: string | undefined
}

const readHeader = (
  scheme: Keyed,
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
const signedTime = (
  { timestamp }: Keyed,
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
const bodyTime = ({ header = "", json = "" }: Timestamp, { unit }: Freshness, delivery: Delivery): Time => {
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

const defaultParts: ReadonlyArray<Part> = ["body"]

/** The bytes that are signed, in their order; neighbouring texts as one. */
export const chunksOf = (
  scheme: Keyed,
  delivery: Delivery,
  timestamp: string,
  secret: string,
  form: UrlForm
): ReadonlyArray<Chunk> => {
  const chunks: Array<Chunk> = []
  let text = ""
  for (const part of scheme.parts ?? defaultParts) {
    if (part === "body") {
      if (text !== "") chunks.push(text)
      chunks.push(delivery.body)
      text = ""
    } else {
      text += textOfPart(part, delivery, timestamp, secret, form)
    }
  }
  if (text !== "") chunks.push(text)
  return chunks
}

const textOfPart = (
  part: Exclude<Part, "body">,
  delivery: Delivery,
  timestamp: string,
  secret: string,
  form: UrlForm
): string => {
  if (typeof part !== "string") return "text" in part ? part.text : (delivery.headers[part.header] ?? "")
  switch (part) {
    case "timestamp":
      return timestamp
    case "method":
      return delivery.method
    case "url":
      return urlForm(form, delivery.url)
    case "secret":
      return secret
    case "first-event": {
      const events = jsonOf(delivery.body)
      return Array.isArray(events) ? JSON.stringify(events[0] ?? null) : textOf(delivery.body)
    }
    default:
      return part
  }
}
