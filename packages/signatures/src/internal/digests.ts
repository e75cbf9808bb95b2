/** Other ways to make the same kind of signature, for sources that describe their own scheme. Used by the diagnosis only. */
import { Array as Arr } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hmac, Scheme } from "../Scheme.ts"

const digests = Arr.cartesianWith(
  ["sha256", "sha1", "sha384", "sha512"] as const,
  ["hex", "base64", "base64url"] as const,
  (algorithm, encoding) => ({ algorithm, encoding })
)

const timedParts: ReadonlyArray<NonNullable<Hmac["parts"]>> = [
  ["timestamp", ".", "body"],
  ["timestamp", ":", "body"],
  ["v0:", "timestamp", ":", "body"],
  ["timestamp", "body"],
  ["body", "timestamp"],
  ["body"]
]

const prefixes = ["sha256=", "sha1=", "sha384=", "sha512=", "v0=", "v1="]

/** The same HMAC with another algorithm, encoding or order of the signed parts, or after a prefix that is not configured. */
export const otherDigests = (
  scheme: Scheme,
  { headers }: Delivery
): ReadonlyArray<{ readonly change: string; readonly form: Scheme }> => {
  if (scheme.scheme !== "hmac") return []
  const { algorithm = "sha256", encoding = "hex", parts: written = ["body"] as const, prefix = "" } = scheme
  const isTimed = scheme.timestamp?.field !== undefined || scheme.timestamp?.header !== undefined
  const others = isTimed ? timedParts.filter((parts) => parts.join("") !== written.join("")) : []
  const forgotten = prefixes.filter((given) =>
    Arr.ensure(scheme.header).some((header) => prefix === "" && headers[header]?.startsWith(given))
  )
  return [prefix, ...forgotten].flatMap((given) =>
    [written, ...others].flatMap((parts) =>
      digests
        .filter(
          (digest) =>
            given !== prefix ||
            parts !== written ||
            digest.algorithm !== algorithm ||
            digest.encoding !== encoding
        )
        .map((digest) => ({
          change: [
            `by ${digest.algorithm} in ${digest.encoding}`,
            ...(parts === written ? [] : [`over ${parts.join("")}`]),
            ...(given === prefix ? [] : [`after the prefix ${given}`])
          ].join(" "),
          form: { ...scheme, ...digest, parts, prefix: given }
        }))
    )
  )
}
