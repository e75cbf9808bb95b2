/** The result of mapping a webhook, and how to store its invitations. */
import type { DateTime, Duration } from "effect"
import type { Invitation } from "@usher/core"

/**
 * The result of mapping a webhook.
 *
 * @category models
 */
export type Mapped =
  | {
      /** The webhook was mapped. */
      readonly status: "mapped"
      /** The people to invite. */
      readonly invitations: ReadonlyArray<Invitation.Invitation>
      /** Which people the webhook names who can't be invited, without addresses. Null: none. */
      readonly reason: string | null
    }
  | {
      /** `ignored`: the webhook invites nobody. `unmappable`: the mapping failed. */
      readonly status: "ignored" | "unmappable"
      /** Why, as a sentence without personal data. */
      readonly reason: string
    }

/**
 * How to store the invitations of a webhook.
 *
 * @category models
 */
export interface Terms {
  /** The Spot that sends the invitations. */
  readonly spot: string
  /** The version of the mapping, which is stored with the webhook. */
  readonly mappingVersion?: string | undefined
  /** When the invitations expire: they are not sent from then on. Default: never. */
  readonly expiresAt?: DateTime.Utc | undefined
  /** Whether the invitations expire when their Live begins, in place of `expiresAt`. Default: false. */
  readonly expiresWithLive?: boolean | undefined
  /** How long after an invitation ended the person is invited again to the same Live. Default: never. */
  readonly reinviteAfter?: Duration.Duration | undefined
}
