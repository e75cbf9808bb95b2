/**
 * Which person `Operations.forget` forgets, and what goes with them.
 */
import { Schema } from "effect"

/**
 * The text names nobody who can be forgotten, or several people: a part of an address, a placeholder, an id that no Spot has.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotAPerson extends Schema.TaggedError<NotAPerson>()("NotAPerson", {
  /** Why the text names nobody, or several people. */
  message: Schema.String
}) {}

/**
 * How the text that names a person is read.
 *
 * @category options
 * @since 0.1.0
 */
export interface ForgetOptions {
  /** Patterns of Spot member ids besides UUIDs, each matched against the whole id. Default: none. */
  readonly memberIds?: ReadonlyArray<RegExp> | undefined
}

/**
 * What is stored of a person and goes when they are forgotten, counted by kind.
 *
 * @category models
 * @since 0.1.0
 */
export interface Forgotten {
  /** Of the person: they lose the address. */
  readonly invitations: number
  /** How many of them are not sent yet, and are cancelled. */
  readonly cancelled: number
  /** Parts of upstream calls that are deleted, or lose their details. */
  readonly attempts: number
  /** Webhooks that lose body, headers and reason now. */
  readonly webhooks: number
  /** How many of them are unmappable: nobody else in them can be invited any more. */
  readonly unmappable: number
  /** Webhooks that wait for their mapping: it leaves the person out, invites the others, and then the body goes. */
  readonly waiting: number
  /** Delivery ids that name the person: a keyed hash takes their place. */
  readonly deliveryIds: number
  /** Refused deliveries that are deleted. */
  readonly quarantined: number
  /** Invitations that name the person as the inviter: they stay without one. */
  readonly inviters: number
  /** Reasons of pauses that name the person. */
  readonly reasons: number
  /** Compressed bodies that can't be read, and may name anybody. They stay. */
  readonly unreadable: number
}
