/** The generic form that most senders share: a digest of some parts, in a header, with or without a signed time. */
import { Array as Arr, Redacted, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hash, Hmac } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import {
  type Check,
  failure,
  type Freshness,
  judgeTime,
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
  utf8
} from "./crypto.ts"
import { chunksOf } from "./parts.ts"
import { prepare, type Shape } from "./secrets.ts"
import { bodyTime, readHeader, signedTime } from "./signatureHeader.ts"

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
