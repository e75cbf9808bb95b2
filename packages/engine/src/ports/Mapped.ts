/**
 * What a mapping makes of a webhook, and how its invitations are to be stored.
 */
import type { DateTime, Duration } from "effect"
import type { Invitation } from "@usher/core"

/**
 * What a mapping makes of a webhook.
 *
 * @category models
 */
export type Mapped =
  | {
      /** What the mapping made of the webhook. */
      readonly status: "mapped"
      /** The people to invite. */
      readonly invitations: ReadonlyArray<Invitation.Invitation>
      /** Whom the webhook names but who cannot be invited; no address in it. */
      readonly reason: string | null
    }
  | {
      /** Nobody is meant, or the mapping failed. */
      readonly status: "ignored" | "unmappable"
      /** Why, as a sentence without personal data. */
      readonly reason: string
    }

/**
 * How a webhook's invitations are to be stored.
 *
 * @category models
 */
export interface Terms {
  /** The Spot that sends the invitations. */
  readonly spot: string
  /** The version of the mapping that was used; it is kept with the webhook. */
  readonly mappingVersion?: string | undefined
  /** Never sent from then on. Default: no end. */
  readonly expiresAt?: DateTime.Utc | undefined
  /** A person whose invitation to the Live ended longer ago than this is invited once more. Default: never. */
  readonly reinviteAfter?: Duration.Duration | undefined
}
