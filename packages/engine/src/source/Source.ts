/**
 * One configured origin of webhooks, at `POST /webhooks/{source}`.
 */
import { type DateTime, Duration, Effect, type Redacted, type Schema } from "effect"
import type { Invitation } from "@usher/core"
import {
  type Delivery,
  type DeliveryId,
  Identity,
  Scheme,
  type Secret,
  Sender,
  type Verified,
  Verifier
} from "@usher/signatures"
import * as Answer from "./Answer.ts"
import * as headers from "./headers.ts"
import { headersRead, type Mapping, withSignUps } from "./Mapping.ts"
import * as SignUps from "./SignUps.ts"
import { named, ofEvents, type IdentifyingHeaders, withHeaders } from "./identifyingHeaders.ts"
import { type About, typed } from "./typed.ts"

/**
 * A configured origin of webhooks, ready to receive.
 *
 * @category models
 */
export interface Source {
  /** The name of the source, and the last part of its path. */
  readonly name: string
  /** The sender, with the delivery id of this source if it has its own. */
  readonly sender: Sender.Sender
  /** Verifies deliveries by the scheme and the secrets. */
  readonly verifier: Verifier.Verifier
  /** The secrets, for handshakes and for the diagnosis of refused deliveries. */
  readonly secrets: ReadonlyArray<Secret.Secret>
  /** The token for Meta's handshake. */
  readonly verifyToken: Redacted.Redacted | undefined
  /** The rate limit of its requests. Undefined: no limit. */
  readonly limit: Limit | undefined
  /** The Spot that sends its invitations. */
  readonly spot: string
  /** The mapping, limited to sign-ups if `events` are set. */
  readonly mapping: Mapping
  /** The events that are mapped. Undefined: all. */
  readonly events: SignUps.SignUps | undefined
  /** The response to accepted deliveries. */
  readonly answer: Answer.Answering
  /** When its invitations expire. Undefined: never. */
  readonly expires: Expiry | undefined
  /** How long after an invitation ended the person is invited again to the same Live. Undefined: never. */
  readonly reinviteAfter: Duration.Duration | undefined
  /**
   * Identifies a delivery among all others of the source. Its body must be decompressed. For a delivery that is not
   * verified, returns the identity that it would have.
   */
  readonly identify: (
    delivery: Delivery.Delivery,
    verified?: Pick<Verified.Verified, "deliveryId">
  ) => Identity
  /** The delivery ids that an earlier version would have given to a delivery, as it was sent. */
  readonly formerIds: (sent: Delivery.Delivery) => ReadonlyArray<string>
  /** How long a delivery without an id counts as a retry of an earlier one with the same body. */
  readonly dedupeWindow: Duration.Duration
  /** The headers that its webhooks store, in lower case. */
  readonly keptHeaders: ReadonlyArray<string>
  /** The configured ones among them. */
  readonly keepHeaders: ReadonlyArray<string>
}

/**
 * Identifies a delivery among all others of its source.
 *
 * @category models
 */
export interface Identity {
  /** The sender's id: the signed one if the scheme signs one. Null if the sender sends none. */
  readonly deliveryId: string | null
  /**
   * The bytes to compare: the body without the fields that change between retries, and the headers that the mapping and
   * the events use.
   */
  readonly content: Uint8Array
}

/**
 * A rate limit.
 *
 * @category models
 */
export interface Limit {
  /** The most requests per second, on average. */
  readonly perSecond: number
  /** The most requests at one time. */
  readonly burst: number
}

interface Common {
  readonly name: string
  readonly sender: Sender.Sender
  /** The secrets. Each of them is valid for a signature. */
  readonly secrets: ReadonlyArray<Secret.Secret>
  /** The token for Meta's handshake, as entered in its dashboard. */
  readonly verifyToken?: Redacted.Redacted | undefined
  /** The rate limit of its requests, in each relay. Default: none. */
  readonly limit?: Limit | undefined
  readonly spot: string
  /** Replaces the sender's delivery id. */
  readonly deliveryId?: DeliveryId.DeliveryId | undefined
  /**
   * How long a delivery without an id counts as a retry. Default: as long as the sender retries, or 24 hours if that is
   * unknown.
   */
  readonly dedupeWindow?: Duration.Duration | undefined
  /**
   * The events that are sign-ups; others are `ignored`. Default: those of the mapping's rules, or else the sender's own
   * list.
   */
  readonly events?: SignUps.SignUps | "all" | undefined
  /** Replaces the sender's usual response to an accepted delivery. */
  readonly answer?: Answer.Answer | undefined
  /** When its invitations expire: a time, how long after the webhook was received, or when the Live begins. Default: never. */
  readonly expires?: Expiry | undefined
  /** How long after an invitation ended the person is invited again to the same Live. Default: never. */
  readonly reinviteAfter?: Duration.Duration | undefined
  /**
   * Further headers that its webhooks store, besides the usual ones and those that the sender and the mapping use.
   * Credentials and proofs are never stored; see `isCredential`. Default: none.
   */
  readonly keepHeaders?: ReadonlyArray<string> | undefined
}

/**
 * Whether a header is never stored with a webhook of this sender: it proves the sender, or its name is that of a
 * credential.
 *
 * @category guards
 */
export const isCredential = (sender: Sender.Sender, header: string): boolean =>
  headers.isCredential(header.toLowerCase(), sender)

/**
 * Options with a mapping, such as one from `Mapping.make`.
 *
 * @category options
 */
export interface Options extends Common {
  /** Maps a webhook to invitations. */
  readonly mapping: Mapping
}

/**
 * Options with a typed mapping: a schema and a function.
 *
 * @category options
 */
export interface TypedOptions<S extends Schema.ConstraintDecoder<unknown>, E, R> extends Common {
  /**
   * Decodes the body: JSON, or the fields of a form. A webhook with another body is `unmappable`; the reason names the
   * invalid fields.
   */
  readonly schema: S
  /**
   * Returns the invitations of an event, or an Effect of them. An empty list means nobody, and the webhook is
   * `ignored`. After a failure, it is `unmappable` and can be replayed.
   */
  readonly invitations: (
    event: S["Type"],
    about: About
  ) => ReadonlyArray<Invitation.Invitation> | Effect.Effect<ReadonlyArray<Invitation.Invitation>, E, R>
  /** The version of this mapping, which is stored with each webhook. Default: `program`. */
  readonly version?: string | undefined
  /**
   * The headers that the function reads. It gets only these and the usual ones, and deliveries that differ in these are
   * not duplicates. Default: none.
   */
  readonly headers?: ReadonlyArray<string> | undefined
}

type Failure = Secret.InvalidSecret | Answer.InvalidAnswer

/**
 * When invitations expire: at a time, after a period from the receipt of their webhook, or when their Live begins. The
 * relay reads the beginning from the upstream before it invites anybody to the Live, and again before anything expires. If
 * the read fails, nothing expires.
 *
 * @category models
 */
export type Expiry = DateTime.Utc | Duration.Duration | BeforeStart

/**
 * Invitations expire when their Live begins.
 *
 * @category models
 */
export interface BeforeStart {
  /** The beginning of the Live. */
  readonly before: "start"
}

/**
 * Makes a source. Fails with `InvalidSecret` if a secret does not have the form that the sender's scheme requires, and
 * with `InvalidAnswer` if the sender would not count the response as success.
 *
 * @category constructors
 */
export function make(options: Options): Effect.Effect<Source, Failure>
/** Makes a source with a typed mapping: a schema decodes the body, and a function returns the invitations. */
export function make<S extends Schema.ConstraintDecoder<unknown>, E = never, R = never>(
  options: TypedOptions<S, E, R>
): Effect.Effect<Source, Failure, R>
export function make<S extends Schema.ConstraintDecoder<unknown>, E, R>(
  options: Options | TypedOptions<S, E, R>
): Effect.Effect<Source, Failure, R> {
  const { name, secrets, spot, deliveryId = options.sender.deliveryId } = options
  const { answer, dedupeWindow, expires, reinviteAfter, verifyToken, limit, keepHeaders = [] } = options
  const mediaTypes = Sender.mediaTypesOf(options.sender)
  return Effect.gen(function* () {
    const scheme = Scheme.make(options.sender.scheme)
    const sender: Sender.Sender = { ...options.sender, scheme, deliveryId, mediaTypes }
    const wrong = answer === undefined ? undefined : Answer.wrongWith(sender, answer)
    if (wrong !== undefined) return yield* wrong
    const mapping = "mapping" in options ? options.mapping : yield* typed(options)
    const { events = mapping.rules?.events ?? SignUps.ofSender(sender) } = options
    const signUps = events === "all" ? undefined : events
    const inEvents = ofEvents(signUps)
    const keptHeaders = headers.keptNames(sender, inEvents, [...readBy(mapping), ...keepHeaders])
    const telling = named(lowered(mapping.headers ?? []), inEvents, keptHeaders)
    return {
      name,
      sender,
      verifier: yield* Verifier.make({ scheme: sender.scheme, secrets }),
      secrets,
      verifyToken,
      limit,
      spot,
      mapping: withSignUps(mapping, signUps),
      events: signUps,
      answer: Answer.make(sender, answer),
      expires,
      reinviteAfter,
      identify: (delivery, verified) => {
        const signedId = verified?.deliveryId ?? Scheme.claimedId(sender.scheme, delivery.headers)
        const { content, deliveryId: id = null } = Identity.of(
          sender,
          delivery,
          signedId === undefined ? {} : { deliveryId: signedId }
        )
        const { "content-type": contentType } = delivery.headers
        // Nearly every delivery.
        const isPlain =
          telling.length === 0 && (contentType === undefined || contentType === "application/json")
        return {
          deliveryId: id,
          content: isPlain ? content : withHeaders(content, delivery.headers, telling, mediaTypes)
        }
      },
      formerIds: (sent) => Identity.formerIds(sender, sent),
      dedupeWindow: dedupeWindow ?? sender.retryHorizon ?? Duration.hours(24),
      keptHeaders,
      keepHeaders: keepHeaders.map((name) => name.toLowerCase())
    }
  })
}

/** Programs may write header names in any case. */
const lowered = (read: IdentifyingHeaders): IdentifyingHeaders =>
  read === "all" ? read : read.map((name) => name.toLowerCase())

/** The headers that a mapping reads. */
const readBy = ({ rules, headers: read = [] }: Mapping): ReadonlyArray<string> => {
  if (rules !== undefined) return headersRead(rules).flatMap(({ names }) => names)
  return read === "all" ? [] : read
}
