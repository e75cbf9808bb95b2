/** The facts about one kind of sender that a receiver needs, as data. */
import type { Duration } from "effect"
import type { MediaType } from "./Body.ts"
import type { Delivery } from "./Delivery.ts"
import { of, type DeliveryId, type Field } from "./DeliveryId.ts"
import type { Scheme } from "./Scheme.ts"

/**
 * How reliable the facts about the verification are. A: the sender's own documentation or SDK. B: a mirror of it, or parts of it
 * and a careful third party. C: third parties only, or unknown: check with a real delivery first. `note` says which other facts
 * are less reliable.
 *
 * @category models
 */
export type Grade = "A" | "B" | "C"

/**
 * The handshake that a sender requires before its first delivery.
 *
 * - `slack-challenge`: a signed POST of type `url_verification`; its `challenge` is sent back.
 * - `zoom-url-validation`: a signed POST; its `plainToken` is sent back with its HMAC.
 * - `meta-subscribe`: a GET with `hub.verify_token`, which is compared; `hub.challenge` is sent back.
 * - `get`: a GET, or a POST without a body, that expects a 200.
 *
 * @category models
 */
export type HandshakeKind = "slack-challenge" | "zoom-url-validation" | "meta-subscribe" | "get"

/**
 * The acknowledgement of a delivery. The sender counts a later answer, or another status, as a failure.
 *
 * @category models
 */
export interface Acknowledgement {
  /** The time limit of the answer. If none is published: 5 s. */
  readonly deadline: Duration.Duration
  /** The HTTP status of an answer. */
  readonly status: number
  /** Other statuses that the sender counts as success. Default: every 2xx. */
  readonly statuses?: ReadonlyArray<number>
  /** The body that the sender expects. Default: the webhook's id and status as JSON. */
  readonly content?: { readonly type: string; readonly body: string }
}

/**
 * Where a delivery names its event. A batch may name several.
 *
 * @category models
 */
export interface Events {
  /** The place of the name. */
  readonly name: Field
  /** Other places of the name in some deliveries. */
  readonly otherNames?: ReadonlyArray<Field>
  /** The names of sign-up events. */
  readonly signUps: ReadonlyArray<string>
}

/**
 * One row of the table of senders.
 *
 * @category models
 */
export interface Sender {
  /** The name, in lower case with dashes: `hubspot-v3`. */
  readonly name: string
  /** The name as the sender writes it. */
  readonly title: string
  /** How it proves its deliveries. */
  readonly scheme: Scheme
  /**
   * The media types of its bodies, the usual one first. The Content-Type of a request can only select one of them, since it is
   * not signed.
   */
  readonly mediaTypes: readonly [MediaType, ...Array<MediaType>]
  /** Where it puts the id of a delivery. */
  readonly deliveryId: DeliveryId
  /** The handshake that it requires. Absent if it requires none. */
  readonly handshake?: HandshakeKind
  /**
   * Dotted paths into the JSON body whose values change between the retries of one delivery (`*` for every element of an
   * array). Two bodies that differ only in these are one delivery.
   */
  readonly retryFields?: ReadonlyArray<string>
  /**
   * The place of the event's name, and the names of sign-up events. Absent if every delivery is a sign-up, or if the events are
   * unknown.
   */
  readonly events?: Events
  /** The answer that it counts as success, and its time limit. */
  readonly acknowledge: Acknowledgement
  /** Statuses after which it does not retry, or disables the hook: never answer them for a temporary failure. */
  readonly disablingStatuses: ReadonlyArray<number>
  /** How long it retries. Absent if it does not retry, or if that is unknown. */
  readonly retryHorizon?: Duration.Duration
  /** JSONata path to the person's address in its most common event. Absent if the body has none. */
  readonly email?: string
  /** How reliable the facts about the verification are. */
  readonly grade: Grade
  /** The source of the facts. */
  readonly docs: string
  /** Unknown or surprising facts. */
  readonly note?: string
  /** Why its verification is weaker than that of others, and what to use instead, in sentences. */
  readonly weakness?: string
}

/**
 * The media types of a sender with this scheme. A plain hash only proves JSON.
 *
 * @category accessors
 */
export const mediaTypesOf = ({ mediaTypes, scheme }: Pick<Sender, "mediaTypes" | "scheme">) =>
  scheme.scheme === "hash" ? jsonOnly : mediaTypes

const jsonOnly: Sender["mediaTypes"] = ["application/json"]

/**
 * Why the verification of this sender or custom scheme is weaker than that of others, in sentences; `undefined` if it is not.
 *
 * @category accessors
 */
export const weaknessOf = ({ scheme, weakness }: Pick<Sender, "scheme" | "weakness">): string | undefined =>
  scheme.scheme === "hash" ? (weakness ?? plainHash) : undefined

const plainHash =
  "The signature is a plain hash, which is weaker than an HMAC: only bodies of JSON in UTF-8 verify. Use an HMAC where the sender has one."

/**
 * The sender's id of a delivery; `undefined` without one.
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
