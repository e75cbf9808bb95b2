/** Everything that a receiver has to know about one kind of sender, as data. */
import type { Duration } from "effect"
import type { MediaType } from "./Body.ts"
import type { Delivery } from "./Delivery.ts"
import { of, type DeliveryId, type Field } from "./DeliveryId.ts"
import type { Scheme } from "./Scheme.ts"

/**
 * How well the verification is known. A: the sender's own documentation or SDK. B: a mirror of it, or its beginning and
 * a careful third party. C: third parties only, or unknown: check with a real delivery first. Of the other facts, `note`
 * says which are known less well.
 *
 * @category models
 */
export type Grade = "A" | "B" | "C"

/**
 * What a sender asks before it delivers anything.
 *
 * - `slack-challenge`: a signed POST of type `url_verification`; its `challenge` is sent back.
 * - `zoom-url-validation`: a signed POST; its `plainToken` is sent back with its HMAC.
 * - `meta-subscribe`: a GET with `hub.verify_token`, which is compared; `hub.challenge` is sent back.
 * - `get`: a GET, or a POST without a body, that wants a 200 and nothing else.
 *
 * @category models
 */
export type HandshakeKind = "slack-challenge" | "zoom-url-validation" | "meta-subscribe" | "get"

/**
 * How a delivery is acknowledged. The sender counts anything later, or another status, as a failure.
 *
 * @category models
 */
export interface Acknowledgement {
  /** Where none is published: 5 s. */
  readonly deadline: Duration.Duration
  /** The HTTP status of an answer. */
  readonly status: number
  /** Other statuses that the sender counts as success. Default: every 2xx. */
  readonly statuses?: ReadonlyArray<number>
  /** The answer that the sender expects. Default: the webhook's id and status as JSON. */
  readonly content?: { readonly type: string; readonly body: string }
}

/**
 * How a delivery names its event. A batch may name several.
 *
 * @category models
 */
export interface Events {
  /** Where the name stands. */
  readonly name: Field
  /** Where some deliveries have the name instead. */
  readonly otherNames?: ReadonlyArray<Field>
  /** The names that mean "somebody signed up". */
  readonly signUps: ReadonlyArray<string>
}

/**
 * One row of the table of senders.
 *
 * @category models
 */
export interface Sender {
  /** Lower case and dashed: `hubspot-v3`. */
  readonly name: string
  /** As the sender writes its name. */
  readonly title: string
  /** How it proves its deliveries. */
  readonly scheme: Scheme
  /**
   * What its bodies are, the usual one first. Where there are several, the Content-Type of a request picks one of them, and
   * nothing else: it is not signed.
   */
  readonly mediaTypes: readonly [MediaType, ...Array<MediaType>]
  /** Where it puts the id of a delivery. */
  readonly deliveryId: DeliveryId
  /** What it asks before it delivers anything. Absent where it asks nothing. */
  readonly handshake?: HandshakeKind
  /**
   * Dotted paths into the JSON body whose values change between this sender's own retries of one delivery (`*` for every
   * element of an array). Two bodies that differ in nothing else are one delivery.
   */
  readonly retryFields?: ReadonlyArray<string>
  /**
   * Where the name of the event stands, and the names that mean "somebody signed up". Absent where every delivery is a
   * sign-up, or where nothing is known of its events.
   */
  readonly events?: Events
  /** The answer that it counts as success, and how soon it has to come. */
  readonly acknowledge: Acknowledgement
  /** Statuses after which it does not try again, or disables the hook: never answer them for a passing trouble. */
  readonly disablingStatuses: ReadonlyArray<number>
  /** How long it goes on trying. Absent when it does not try again by itself, or when that is unknown. */
  readonly retryHorizon?: Duration.Duration
  /** JSONata path to the person's address in its commonest event. Absent when there is none in the body. */
  readonly email?: string
  /** How well its verification is known. */
  readonly grade: Grade
  /** Where the facts were read. */
  readonly docs: string
  /** What is not known, or is surprising. */
  readonly note?: string
  /** Why its verification proves less than that of others, and what to use instead, as sentences for a person. */
  readonly weakness?: string
}

/**
 * What the bodies of a sender with this scheme may be. A plain hash only proves JSON.
 *
 * @category accessors
 */
export const mediaTypesOf = ({ mediaTypes, scheme }: Pick<Sender, "mediaTypes" | "scheme">) =>
  scheme.scheme === "hash" ? jsonOnly : mediaTypes

const jsonOnly: Sender["mediaTypes"] = ["application/json"]

/**
 * Why the verification of this sender proves less than that of others, as sentences for a person; `undefined` where it does
 * not. Also of a source with a scheme of its own.
 *
 * @category accessors
 */
export const weaknessOf = ({ scheme, weakness }: Pick<Sender, "scheme" | "weakness">): string | undefined =>
  scheme.scheme === "hash" ? (weakness ?? plainHash) : undefined

const plainHash =
  "The signature is a plain hash, which is weaker than an HMAC: only bodies of JSON in UTF-8 verify. Use an HMAC where the sender has one."

/**
 * The id that this sender gave a delivery; `undefined` where it gave none.
 *
 * **Example** (GitHub)
 *
 * ```ts
 * import { Delivery, Sender, Senders } from "@usher/signatures"
 *
 * const delivery = Delivery.make({ headers: { "X-GitHub-Delivery": "72d3162e" }, body: "{}" })
 * console.log(Sender.deliveryId(Senders.of("github"), delivery)) // 72d3162e
 * ```
 *
 * @category accessors
 */
export const deliveryId = (sender: Sender, delivery: Delivery): string | undefined =>
  of(sender.deliveryId, delivery, mediaTypesOf(sender))
