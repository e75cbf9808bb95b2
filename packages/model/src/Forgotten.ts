/**
 * The stored data of a person that `forget` deletes.
 */
import { Schema } from "effect"
import { Time } from "./Time.ts"

/**
 * The deleted data of a person, counted by kind.
 *
 * @category schemas
 */
export const Forgotten = Schema.Struct({
  /** Invitations of the person, which lose the address. */
  invitations: Schema.Int,
  /** Of these, invitations that were not sent yet and are cancelled. */
  cancelled: Schema.Int,
  /** Parts of upstream calls that are deleted, or lose their details. */
  attempts: Schema.Int,
  /** Webhooks that lose body, headers and reason immediately. */
  webhooks: Schema.Int,
  /** Of these, unmappable webhooks: other people in them can no longer be invited. */
  unmappable: Schema.Int,
  /** Webhooks that are not mapped yet: the mapping omits the person, invites the others, and then the body is deleted. */
  waiting: Schema.Int,
  /** Delivery ids that name the person: a keyed hash replaces them. */
  deliveryIds: Schema.Int,
  /** Refused deliveries that are deleted from the quarantine. */
  quarantined: Schema.Int,
  /** Invitations that name the person as the inviter: they lose the inviter. */
  inviters: Schema.Int,
  /** Reasons of pauses, and selections of jobs, that name the person. Such a job stops. */
  reasons: Schema.Int,
  /** Compressed bodies that can't be read, and so may name the person. They are kept. */
  unreadable: Schema.Int,
  /** When the person was forgotten before. Absent if they never were, or have signed up since. */
  forgottenAt: Schema.optionalKey(Time)
}).annotate({ identifier: "Forgotten" })

/**
 * The deleted data of a person, counted by kind.
 *
 * @category models
 */
export interface Forgotten extends Schema.Schema.Type<typeof Forgotten> {}

/**
 * The counts by kind alone.
 *
 * @category models
 */
export type ForgottenCounts = Omit<Forgotten, "forgottenAt">
