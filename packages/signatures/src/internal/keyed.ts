/** The scheme of most senders: a digest of some parts, in a header, with or without a signed time. */
import { Array as Arr, Option, Redacted, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hash, Hmac } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import { parse } from "./body.ts"
import {
  type Check,
  failure,
  type Freshness,
  judgeTime,
  malformed,
  matched,
  maxSignatures,
  missing,
  noMatch,
  orOtherUrl,
  tellingMore,
  toleranceMillis
} from "./check.ts"
import {
  type Chunk,
  decodeBase64,
  digest,
  hexBytes,
  isSignature,
  isUtf8Text,
  type Key,
  mac,
  macKey,
  textOf,
  utf8
} from "./crypto.ts"
import { chunksOf } from "./parts.ts"
import { prepare, type Shape } from "./secrets.ts"
import { bodyTime, readerOf, signedTime } from "./signatureHeader.ts"

export type Keyed = Hmac | Hash

/** A digest of chunks under one secret, as canonical text in the encoding of the scheme. */
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
      const encoding = scheme.encoding ?? "hex"
      const read = readerOf(scheme)
      const freshness: Freshness = {
        unit: scheme.timestamp?.unit ?? "seconds",
        tolerance: toleranceMillis(scheme.tolerance),
        future: scheme.future ?? "reject"
      }

      const judge = (
        delivery: Delivery,
        now: number,
        header: string,
        signatures: ReadonlyArray<string>,
        timestamp: string | undefined
      ): ReturnType<Check> => {
        const signed = signedTime(scheme, freshness, header, timestamp, delivery)
        if (Result.isFailure(signed)) return Result.fail(signed.failure)
        const secret = prepared.find(
          (secret) =>
            secret.expiresAt > now &&
            forms.some((form) => {
              const expected = secret.key((text) =>
                chunksOf(scheme, delivery, signed.success.text, text, form)
              )
              return signatures.some((given) => isSignature(expected, encoding, given))
            })
        )
        if (secret === undefined) return noMatch(prepared, now, header, mismatch)
        if (scheme.scheme === "hash" && !isStrictJson(delivery.body)) return notJson(header)
        if (scheme.timestamp === undefined) return matched(scheme.scheme, secret.name)
        const time =
          scheme.timestamp.json === undefined ? signed : bodyTime(scheme.timestamp, freshness, delivery)
        if (Result.isFailure(time)) return Result.fail(time.failure)
        const { header: timeHeader, text } = time.success
        return judgeTime(freshness, text, now, timeHeader, { scheme: scheme.scheme, secret: secret.name })
      }

      return (delivery, now) => {
        const wrongVersion = checkVersion(scheme, delivery)
        if (wrongVersion !== undefined) return wrongVersion
        const absent = signedHeaders.find((name) => delivery.headers[name] === undefined)
        if (absent !== undefined) return missing(absent)
        let left = maxSignatures
        let failed: VerificationFailed | undefined
        // While a secret is rotated, some senders send one header per signature.
        for (const header of headers) {
          const value = delivery.headers[header]
          if (!value || left === 0) continue
          const given = read(header, value, left)
          if (Result.isFailure(given)) {
            failed = tellingMore(failed, given.failure)
            continue
          }
          const { signatures, timestamp } = given.success
          left -= signatures.length
          const verdict = judge(delivery, now, header, signatures, timestamp)
          if (Result.isSuccess(verdict)) return verdict
          failed = tellingMore(failed, verdict.failure)
        }
        return failed === undefined ? missing(headers[0] ?? "") : Result.fail(failed)
      }
    }
  )

/**
 * An attacker who has one signed body can extend a plain hash without the secret, but only with the hash's own padding in
 * between: the byte 0x80, which is not valid UTF-8 there, and zeros, which are not JSON.
 */
const isStrictJson = (body: Uint8Array): boolean =>
  body.length === 0 || (isUtf8Text(body) && Option.isSome(parse(textOf(body))))

const notJson = (header: string) => malformed(header, "the signature of JSON in UTF-8")

/** Makes the key of an HMAC once; a hash keeps its secret redacted until the digest is taken. */
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
        `the header ${header} is not ${value}, the only version that is verified here`,
        header
      )
}
