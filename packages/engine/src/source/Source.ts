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
import { named, ofEvents, type Telling, withHeaders } from "./telling.ts"
import { type About, typed } from "./typed.ts"

/**
 * A configured origin of webhooks, ready to receive.
 *
 * @category models
 */
export interface Source {
  /** Stands in the path. */
  readonly name: string
  /** With this source's own delivery id, where it has one. */
  readonly sender: Sender.Sender
  /** Verifies deliveries by the scheme and the secrets. */
  readonly verifier: Verifier.Verifier
  /** What its handshake is answered with, and what a refused delivery is explained by. */
  readonly secrets: ReadonlyArray<Secret.Secret>
  /** The token of Meta's handshake. */
  readonly verifyToken: Redacted.Redacted | undefined
  /** How many requests it takes. Undefined: without a limit. */
  readonly limit: Limit | undefined
  /** The Spot that its invitations are sent with. */
  readonly spot: string
  /** Of sign-ups only, where `events` are given. */
  readonly mapping: Mapping
  /** The events that are mapped. Undefined: all. */
  readonly events: SignUps.SignUps | undefined
  /** What a delivery that is accepted is answered with. */
  readonly answer: Answer.Answering
  /** When its invitations expire. Undefined: never. */
  readonly expires: Expiry | undefined
  /** After how long a person is invited once more to the same Live. Undefined: never. */
  readonly reinviteAfter: Duration.Duration | undefined
  /**
   * What tells this delivery from every other one of the source. Its body has to be decoded. Of a delivery that is not
   * verified: the identity that it has once it is.
   */
  readonly identify: (
    delivery: Delivery.Delivery,
    verified?: Pick<Verified.Verified, "deliveryId">
  ) => Identity
  /** The delivery ids that an earlier version would have given a delivery, as it was sent. */
  readonly formerIds: (sent: Delivery.Delivery) => ReadonlyArray<string>
  /** How long a delivery without an id counts as a retry of an earlier one with the same body. */
  readonly dedupeWindow: Duration.Duration
  /** The names of the headers that its webhooks keep, in lower case. */
  readonly keptHeaders: ReadonlyArray<string>
  /** Those of them that were listed for it. */
  readonly keepHeaders: ReadonlyArray<string>
}

/**
 * What tells a delivery from every other one of its source.
 *
 * @category models
 */
export interface Identity {
  /** The sender's id: the signed one where the scheme signs one. Null where the sender gives none. */
  readonly deliveryId: string | null
  /**
   * The bytes that are compared: the body without the fields that change between retries, and the headers that the mapping
   * and the events are read from.
   */
  readonly content: Uint8Array
}

/**
 * How many requests are taken: in the long run, and at once.
 *
 * @category models
 */
export interface Limit {
  /** The most requests per second, on average. */
  readonly perSecond: number
  /** The most requests at once. */
  readonly burst: number
}

interface Common {
  readonly name: string
  readonly sender: Sender.Sender
  /** Any of them may have signed. */
  readonly secrets: ReadonlyArray<Secret.Secret>
  /** For Meta's handshake: the one typed into its dashboard. */
  readonly verifyToken?: Redacted.Redacted | undefined
  /** Of its requests, in each relay. Default: none. */
  readonly limit?: Limit | undefined
  readonly spot: string
  /** In place of the sender's. */
  readonly deliveryId?: DeliveryId.DeliveryId | undefined
  /** How long a delivery without an id counts as a retry. Default: as long as the sender retries, else 24 hours. */
  readonly dedupeWindow?: Duration.Duration | undefined
  /** The events that are sign-ups; the others are `ignored`. Default: those of the mapping's rules, else the sender's own list. */
  readonly events?: SignUps.SignUps | "all" | undefined
  /** In place of the sender's usual answer to a delivery that is accepted. */
  readonly answer?: Answer.Answer | undefined
  /** When its invitations are not worth sending any more: a time, or so long after the webhook came. Default: never. */
  readonly expires?: Expiry | undefined
  /** A person whose invitation to the Live ended longer ago than this is invited once more. Default: never. */
  readonly reinviteAfter?: Duration.Duration | undefined
  /**
   * Headers that its webhooks keep, besides the usual ones and those that the sender's row and the mapping name. Credentials
   * and proofs are left out; `isCredential` tells them. Default: none.
   */
  readonly keepHeaders?: ReadonlyArray<string> | undefined
}

/**
 * Whether a header is never kept with a webhook of this sender: it proves who sent it, or its name is that of a credential.
 *
 * @category guards
 */
export const isCredential = (sender: Sender.Sender, header: string): boolean =>
  headers.isCredential(header.toLowerCase(), sender)

/**
 * With a mapping, such as `Mapping.make` makes of expressions.
 *
 * @category options
 */
export interface Options extends Common {
  /** Turns a webhook into invitations. */
  readonly mapping: Mapping
}

/**
 * With a mapping in types.
 *
 * @category options
 */
export interface TypedOptions<S extends Schema.ConstraintDecoder<unknown>, E, R> extends Common {
  /** Reads the body: JSON, or the fields of a form. A body that is something else is `unmappable`; the reason says where. */
  readonly schema: S
  /**
   * Who is invited by an event, or an Effect that finds out. An empty list: nobody is meant, and the webhook is `ignored`.
   * After a failure, it is `unmappable` and can be replayed.
   */
  readonly invitations: (
    event: S["Type"],
    about: About
  ) => ReadonlyArray<Invitation.Invitation> | Effect.Effect<ReadonlyArray<Invitation.Invitation>, E, R>
  /** Of this mapping; it stays with each webhook. Default `program`. */
  readonly version?: string | undefined
  /**
   * The headers that the function reads. Only these and those that every webhook keeps are there, and deliveries that differ
   * in these are not one. Default: none.
   */
  readonly headers?: ReadonlyArray<string> | undefined
}

type Failure = Secret.InvalidSecret | Answer.InvalidAnswer

/**
 * When invitations expire: at a time, or a while after their webhook was received.
 *
 * @category models
 */
export type Expiry = DateTime.Utc | Duration.Duration

/**
 * Fails with `InvalidSecret` when a secret does not have the shape that the sender's scheme wants, and with `InvalidAnswer`
 * when the sender would not count the answer as success.
 *
 * @category constructors
 */
export function make(options: Options): Effect.Effect<Source, Failure>
/** Makes a source with a mapping in types: a schema that reads the body, and a function that says who is invited. */
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
        // What nearly every delivery has.
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

/** A program may write the names of headers in any case. */
const lowered = (read: Telling): Telling => (read === "all" ? read : read.map((name) => name.toLowerCase()))

/** The headers that a mapping names. */
const readBy = ({ rules, headers: read = [] }: Mapping): ReadonlyArray<string> => {
  if (rules !== undefined) return headersRead(rules).flatMap(({ names }) => names)
  return read === "all" ? [] : read
}
