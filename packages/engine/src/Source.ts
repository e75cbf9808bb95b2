/**
 * One configured origin of webhooks, at `POST /webhooks/{source}`.
 */
import { type DateTime, type Duration, Effect, type Redacted } from "effect"
import { type Delivery, DeliveryId, Secret, type Sender, Verifier } from "@usher/signatures"
import type { Mapping } from "./Mapping.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Source {
  /** Stands in the path. */
  readonly name: string
  readonly sender: Sender.Sender
  readonly verifier: Verifier.Verifier
  /** What its handshake is answered with, and what a refused delivery is explained by. */
  readonly secrets: ReadonlyArray<Secret.Secret>
  readonly verifyToken: Redacted.Redacted | undefined
  readonly limit: Limit | undefined
  /** The Spot that its invitations are sent with. */
  readonly spot: string
  readonly mapping: Mapping
  readonly expires: Expiry | undefined
  readonly reinviteAfter: Duration.Duration | undefined
  readonly deliveryId: (delivery: Delivery.Delivery) => string
}

/**
 * How many requests are taken: in the long run, and at once.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limit {
  readonly perSecond: number
  readonly burst: number
}

/**
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly name: string
  readonly sender: Sender.Sender
  /** Any of them may have signed. */
  readonly secrets: ReadonlyArray<Secret.Secret>
  /** For Meta's handshake: the one typed into its dashboard. */
  readonly verifyToken?: Redacted.Redacted | undefined
  /** Of its requests, in each relay. Default: none. */
  readonly limit?: Limit | undefined
  readonly spot: string
  readonly mapping: Mapping
  /** In place of the sender's. */
  readonly deliveryId?: DeliveryId.DeliveryId | undefined
  /** When its invitations are not worth sending any more: a time, or so long after the webhook came. Default: never. */
  readonly expires?: Expiry | undefined
  /** A person whose invitation to the Live ended longer ago than this is invited once more. Default: never. */
  readonly reinviteAfter?: Duration.Duration | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export type Expiry = DateTime.Utc | Duration.Duration

/**
 * Fails with `InvalidSecret` when a secret does not have the shape that the sender's scheme wants.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<Source, Secret.InvalidSecret> => {
  const { name, sender, secrets, spot, mapping, deliveryId = sender.deliveryId } = options
  const { expires, reinviteAfter, verifyToken, limit } = options
  return Effect.map(Verifier.make({ scheme: sender.scheme, secrets }), (verifier) => ({
    name,
    sender,
    verifier,
    secrets,
    verifyToken,
    limit,
    spot,
    mapping,
    expires,
    reinviteAfter,
    deliveryId: (delivery) => DeliveryId.of(deliveryId, delivery)
  }))
}
