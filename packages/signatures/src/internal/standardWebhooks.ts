/** Standard Webhooks 1.0.0, sections "Verifying webhook authenticity" and "Signature scheme". */
import { Duration, Result } from "effect"
import type { StandardWebhooks } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import {
  type Check,
  failure,
  type Freshness,
  isTimestamp,
  judgeTime,
  malformed,
  missing,
  noMatch,
  type Prepared
} from "./check.ts"
import {
  concat,
  decodeBase64,
  ed25519PublicKey,
  ed25519Verify,
  equalText,
  type Key,
  macKey,
  macOfTextAndBody
} from "./crypto.ts"
import { prepare, type Shape } from "./secrets.ts"

export interface VersionedKey {
  readonly version: "v1" | "v1a"
  readonly key: Key
}

/** `whsec_` and base64, or bare base64: the symmetric key. `whpk_` and base64 of 32 bytes: the public key. */
export const decodeKey = (secret: string): Shape<VersionedKey> => {
  if (secret.startsWith("whsk_")) return Result.fail("PrivateKey")
  if (secret.startsWith("whpk_")) {
    const raw = decodeBase64(secret.slice(5))
    return raw?.length === 32
      ? Result.succeed({ version: "v1a", key: ed25519PublicKey(raw) })
      : Result.fail("NotAKey")
  }
  const text = secret.startsWith("whsec_") ? secret.slice(6) : secret
  if (text === "") return Result.fail("Empty")
  const bytes = decodeBase64(text)
  return bytes === undefined
    ? Result.fail("NotBase64")
    : Result.succeed({ version: "v1", key: macKey(bytes) })
}

export const compile = (
  scheme: StandardWebhooks,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(prepare(secrets, decodeKey), (prepared) => {
    const names = (scheme.prefixes ?? ["webhook-"]).map(headerNames)
    const versions = new Set(prepared.map(({ key }) => key.version))
    const freshness: Freshness = {
      unit: "seconds",
      tolerance: Duration.toMillis(scheme.tolerance ?? Duration.minutes(5)),
      future: "reject"
    }
    return (delivery, now) => {
      const header = names.find(({ signature }) => delivery.headers[signature] !== undefined) ?? names[0]
      if (header === undefined) return missing("webhook-signature")
      const id = delivery.headers[header.id]
      const timestamp = delivery.headers[header.timestamp]
      const signature = delivery.headers[header.signature]
      if (!id) return missing(header.id)
      if (!timestamp) return missing(header.timestamp)
      if (!signature) return missing(header.signature)
      // The dot separates what is signed: inside an id it would let a part of one field pass for the next.
      if (id.includes(".")) return malformed(header.id, 'an id without "."')
      if (!isTimestamp(timestamp, "seconds"))
        return malformed(header.timestamp, "whole seconds since 1970, in digits")

      const entries = signature.includes(" ") ? signature.split(" ") : [signature]
      const prefix = `${id}.${timestamp}.`
      for (const secret of prepared) {
        if (secret.expiresAt <= now) continue
        if (anyMatches(secret.key, entries, prefix, delivery.body)) {
          return judgeTime(freshness, timestamp, now, {
            scheme: "standard-webhooks",
            secret: secret.name,
            header: header.timestamp
          })
        }
      }
      return explain(entries, versions, prepared, now, header.signature)
    }
  })

export const headerNames = (prefix: string) => ({
  id: `${prefix}id`,
  timestamp: `${prefix}timestamp`,
  signature: `${prefix}signature`
})

const anyMatches = (
  key: VersionedKey,
  entries: ReadonlyArray<string>,
  prefix: string,
  body: Uint8Array
): boolean => {
  if (key.version === "v1a") {
    const content = concat([prefix, body])
    return entries.some(
      (entry) => entry.startsWith("v1a,") && ed25519Verify(key.key, content, entry.slice(4))
    )
  }
  const expected = macOfTextAndBody(key.key, prefix, body)
  return entries.some((entry) => entry.startsWith("v1,") && equalText(expected, entry.slice(3)))
}

const explain = (
  entries: ReadonlyArray<string>,
  versions: ReadonlySet<string>,
  prepared: ReadonlyArray<Prepared<VersionedKey>>,
  now: number,
  header: string
) => {
  const offered = new Set(entries.flatMap((entry) => /^(v\d{1,3}[a-z]?),/.exec(entry)?.[1] ?? []))
  if (offered.size === 0) return malformed(header, "a list of version,signature such as v1,K5oZ…=")
  if ([...offered].some((version) => versions.has(version))) return noMatch(prepared, now, header)
  return failure(
    "UnsupportedVersion",
    `the delivery is signed with ${[...offered].join(", ")}, and the configured secrets verify ${[...versions].join(", ")}`,
    header
  )
}
