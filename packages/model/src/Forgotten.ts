/**
 * What is stored of a person, and goes when they are forgotten.
 */
import { Schema } from "effect"

/**
 * What is deleted of a person, counted by kind.
 *
 * @category schemas
 */
export const Forgotten = Schema.Struct({
  /** Of the person: they lose the address. */
  invitations: Schema.Int,
  /** How many of them are not sent yet, and are cancelled. */
  cancelled: Schema.Int,
  /** Parts of upstream calls that are deleted, or lose their details. */
  attempts: Schema.Int,
  /** Webhooks that lose body, headers and reason at once. */
  webhooks: Schema.Int,
  /** How many of them are unmappable: nobody else in them can be invited any more. */
  unmappable: Schema.Int,
  /** Webhooks that wait for their mapping: it leaves the person out, invites the others, and then the body goes. */
  waiting: Schema.Int,
  /** Delivery ids that name the person: a keyed hash takes their place. */
  deliveryIds: Schema.Int,
  /** Refused deliveries that are deleted from the quarantine. */
  quarantined: Schema.Int,
  /** Invitations that name the person as the inviter: they stay without one. */
  inviters: Schema.Int,
  /** Reasons of pauses that name the person. */
  reasons: Schema.Int,
  /** Compressed bodies that can't be read, and may name anybody. They stay. */
  unreadable: Schema.Int
}).annotate({ identifier: "Forgotten" })

/**
 * What is deleted of a person, counted by kind.
 *
 * @category models
 */
export interface Forgotten extends Schema.Schema.Type<typeof Forgotten> {}
