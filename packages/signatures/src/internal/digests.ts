/** Other ways to make the same kind of signature, for senders that describe their own. Used by the diagnosis only. */
import { Array as Arr } from "effect"
import type { Delivery } from "../Delivery.ts"
import type { Hmac, Scheme } from "../Scheme.ts"

const digests = (["sha256", "sha1", "sha384", "sha512"] as const).flatMap((algorithm) =>
  (["hex", "base64", "base64url"] as const).map((encoding) => ({ algorithm, encoding }))
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

/** The same HMAC with another algorithm, encoding or order of what is signed, or after a prefix that was forgotten. */
export const otherDigests = (
  scheme: Scheme,
  { headers }: Delivery
): ReadonlyArray<{ readonly change: string; readonly form: Scheme }> => {
  if (scheme.scheme !== "hmac") return []
  const written = scheme.parts ?? (["body"] as const)
  const isTimed = scheme.timestamp?.field !== undefined || scheme.timestamp?.header !== undefined
  const others = isTimed ? timedParts.filter((parts) => parts.join("") !== written.join("")) : []
  const forgotten = prefixes.filter((prefix) =>
    Arr.ensure(scheme.header).some((header) => !scheme.prefix && headers[header]?.startsWith(prefix))
  )
  return [scheme.prefix ?? "", ...forgotten].flatMap((prefix) =>
    [written, ...others].flatMap((parts) =>
      digests
        .filter(
          ({ algorithm, encoding }) =>
            forgotten.includes(prefix) ||
            parts !== written ||
            algorithm !== (scheme.algorithm ?? "sha256") ||
            encoding !== (scheme.encoding ?? "hex")
        )
        .map((digest) => ({
          change: [
            `by ${digest.algorithm} in ${digest.encoding}`,
            ...(parts === written ? [] : [`over ${parts.join("")}`]),
            ...(forgotten.includes(prefix) ? [`after the prefix ${prefix}`] : [])
          ].join(" "),
          form: { ...scheme, ...digest, parts, prefix }
        }))
    )
  )
}
