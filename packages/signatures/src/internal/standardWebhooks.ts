/** Standard Webhooks 1.0.0, sections "Verifying webhook authenticity" and "Signature scheme". */
import { Duration, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { StandardWebhooks } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import type { VerificationFailed } from "../VerificationFailed.ts"
import {
  type Check,
  expectedTime,
  failure,
  type Freshness,
  isTimestamp,
  judgeTime,
  malformed,
  maxSignatures,
  missing,
  noMatch,
  type Prepared,
  tellingMore
} from "./check.ts"
import {
  concat,
  decodeBase64,
  ed25519PublicKey,
  ed25519Verify,
  isSignature,
  type Key,
  macKey,
  macOfTextAndBody,
  storable
} from "./crypto.ts"
import { headerNames } from "./headersRead.ts"
import { prepare, type Shape } from "./secrets.ts"

export interface VersionedKey {
  readonly version: "v1" | "v1a"
  readonly key: Key
}

/** `whsec_` and base64, or bare base64: the symmetric key. `whpk_` and base64 of 32 bytes: the public key. */
export const decodeKey = (pasted: string): Shape<VersionedKey> => {
  // Some senders show the version of their signatures before the secret.
  const secret = pasted.replace(/^v1a?,(?=wh(?:sec|pk|sk)_)/, "")
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

type Names = ReturnType<typeof headerNames>

/** The signatures of a header by version, and the versions that it names. */
interface Entries {
  readonly v1: ReadonlyArray<string>
  readonly v1a: ReadonlyArray<string>
  readonly versions: ReadonlySet<string>
}

export const compile = (
  scheme: StandardWebhooks,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(prepare(secrets, decodeKey), (prepared) => {
    const families = (scheme.prefixes ?? ["webhook-"]).map(headerNames)
    const versions: ReadonlySet<"v1" | "v1a"> = new Set(prepared.map(({ key }) => key.version))
    const freshness: Freshness = {
      unit: "seconds",
      tolerance: Duration.toMillis(scheme.tolerance ?? Duration.minutes(5)),
      future: "reject"
    }

    const judged = (names: Names, id: string, timestamp: string, now: number, secret: string) =>
      judgeTime(freshness, timestamp, now, names.timestamp, {
        scheme: "standard-webhooks",
        secret,
        deliveryId: storable(id)
      })

    /** Judges the id, time and signature of one family of headers; families are not mixed. */
    const judge = (names: Names, delivery: Delivery, now: number, left: { signatures: number }) => {
      const id = delivery.headers[names.id]
      const timestamp = delivery.headers[names.timestamp]
      const signature = delivery.headers[names.signature]
      if (!id) return missing(names.id)
      if (!timestamp) return missing(names.timestamp)
      if (!signature) return missing(names.signature)
      // The dot separates the signed fields: inside an id it would move a part of one field into the next.
      if (id.includes(".")) return malformed(names.id, 'an id without "."')
      if (!isTimestamp(timestamp, "seconds")) {
        return malformed(names.timestamp, expectedTime(timestamp, "seconds"))
      }
      const entries = entriesOf(signature, versions, left.signatures)
      left.signatures -= entries.v1.length + entries.v1a.length
      const prefix = `${id}.${timestamp}.`
      for (const { expiresAt, key, name } of prepared) {
        if (expiresAt <= now || key.version === "v1a" || entries.v1.length === 0) continue
        const expected = macOfTextAndBody(key.key, prefix, delivery.body)
        if (entries.v1.some((given) => isSignature(expected, "base64", given)))
          return judged(names, id, timestamp, now, name)
      }
      if (entries.v1a.length > 0) {
        // The time is checked first, since a public key is a hundred times slower.
        const inTime = judged(names, id, timestamp, now, "")
        if (Result.isFailure(inTime)) return inTime
        const content = concat([prefix, delivery.body])
        for (const { expiresAt, key, name } of prepared) {
          if (expiresAt <= now || key.version !== "v1a") continue
          if (entries.v1a.some((given) => ed25519Verify(key.key, content, given)))
            return judged(names, id, timestamp, now, name)
        }
      }
      return explain(entries, versions, prepared, now, names.signature)
    }

    const [first] = families
    const onlyFamily = families.length === 1 ? first : undefined
    return (delivery, now) => {
      const left = { signatures: maxSignatures }
      if (onlyFamily !== undefined) return judge(onlyFamily, delivery, now, left)
      let failed: VerificationFailed | undefined
      for (const family of families) {
        if (delivery.headers[family.signature] === undefined || left.signatures === 0) continue
        const verdict = judge(family, delivery, now, left)
        if (Result.isSuccess(verdict)) return verdict
        failed = tellingMore(failed, verdict.failure)
      }
      if (failed !== undefined) return Result.fail(failed)
      return first === undefined ? missing("webhook-signature") : judge(first, delivery, now, left)
    }
  })

const version = /^v\d{1,3}[a-z]?$/

const none: ReadonlyArray<string> = []
const onlyV1: ReadonlySet<string> = new Set(["v1"])

/** Reads `v1,aa v1,bb`, also with commas between them, or with one version for several signatures. */
const entriesOf = (value: string, wanted: ReadonlySet<"v1" | "v1a">, max: number): Entries => {
  // The common case.
  if (wanted.has("v1") && value.startsWith("v1,") && value.length < 64 && !/[ \t,]/.test(value.slice(3))) {
    return { v1: [value.slice(3)], v1a: none, versions: onlyV1 }
  }
  const found = { v1: new Array<string>(), v1a: new Array<string>() }
  const versions = new Set<string>()
  let current = ""
  for (const text of value.split(/[ \t,]+/)) {
    if (version.test(text)) {
      current = text
      versions.add(text)
    } else if (
      (current === "v1" || current === "v1a") &&
      wanted.has(current) &&
      text !== "" &&
      found.v1.length + found.v1a.length < max
    ) {
      found[current].push(text)
    }
  }
  return { ...found, versions }
}

const explain = (
  entries: Entries,
  versions: ReadonlySet<string>,
  prepared: ReadonlyArray<Prepared<VersionedKey>>,
  now: number,
  header: string
) => {
  const offered = [...entries.versions]
  if (offered.length === 0) return malformed(header, "a list of version,signature such as v1,K5oZ…=")
  if (offered.some((version) => versions.has(version))) return noMatch(prepared, now, header)
  return failure(
    "UnsupportedVersion",
    `the delivery is signed with ${offered.slice(0, maxSignatures).join(", ")}, and the configured secrets verify ${[...versions].join(", ")}`,
    header
  )
}
