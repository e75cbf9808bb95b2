/**
 * How a sender proves its deliveries, as plain data: for the table of senders, and for configuration files.
 */
import { Array as Arr, Option } from "effect"
import { normal } from "./internal/normal.ts"
import { firstEventExact } from "./internal/parts.ts"
import type { ByHeader, Input, Scheme } from "./internal/schemes.ts"

export { Hash, Hmac, Part, Timestamp } from "./DigestScheme.ts"
export { InvalidScheme } from "./InvalidScheme.ts"
export {
  claimedId,
  ofScheme as headersRead,
  proofsOf as proofHeaders,
  signatureHeaders
} from "./internal/headersRead.ts"
export {
  Basic,
  ByHeader,
  type Input,
  None,
  Scheme,
  StandardWebhooks,
  Token,
  Twilio
} from "./internal/schemes.ts"

/**
 * Normalizes a scheme: header names in lower case, the tolerance as a `Duration`. Throws `InvalidScheme` for a misspelled name
 * or key, and for an invalid scheme. `Verifier.make` and all other functions that accept a scheme do this themselves.
 *
 * **Example** (Any case, and a tolerance as text)
 *
 * ```ts
 * import { Duration } from "effect"
 * import { Scheme } from "@usher/signatures"
 *
 * const scheme = Scheme.make({ scheme: "standard-webhooks", prefixes: ["Acme-"], tolerance: "10 minutes" })
 * if (scheme.scheme === "standard-webhooks" && scheme.tolerance !== undefined) {
 *   console.log(scheme.prefixes, Duration.toSeconds(scheme.tolerance)) // [ 'acme-' ] 600
 * }
 * ```
 *
 * @category constructors
 */
export const make = (input: Input): Scheme => normal(input)

/**
 * The choice of a `by-header` scheme that matches these headers; `None` if none matches.
 *
 * @category accessors
 */
export const choiceOf = (scheme: ByHeader, headers: Headers): Option.Option<ByHeader["choices"][number]> =>
  Arr.findFirst(scheme.choices, (choice) => {
    const given = headers[choice.header.toLowerCase()]
    return choice.value === undefined ? Boolean(given) : given === choice.value
  })

/**
 * Whether verifying a delivery with these headers needs its URL: the URL is signed, or carries the token.
 *
 * @category predicates
 */
export const needsUrl = (scheme: Input, headers: Headers): boolean => needsUrlIn(normal(scheme), headers)

const needsUrlIn = (scheme: Scheme, headers: Headers): boolean => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return scheme.parts?.includes("url") ?? false
    case "twilio":
      return true
    case "token":
      return scheme.query !== undefined && (scheme.header === undefined || !headers[scheme.header])
    case "by-header":
      return Option.exists(choiceOf(scheme, headers), ({ use }) => needsUrlIn(use, headers))
    default:
      return false
  }
}

type Headers = Readonly<Record<string, string | undefined>>

/**
 * The part of a verified body that the signature covers. For Segment's batches it is the first event: the other events are not
 * signed, and must not lead to invitations. For every other scheme it is the whole body.
 *
 * @category accessors
 */
export const coveredBody = (scheme: Scheme, body: Uint8Array): Uint8Array =>
  (scheme.scheme === "hmac" || scheme.scheme === "hash") &&
  scheme.parts?.includes("first-event") === true &&
  !scheme.parts.includes("body")
    ? firstEventExact(body)
    : body
