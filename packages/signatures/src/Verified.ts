import type { DateTime, Option } from "effect"

/**
 * What was verified: by which scheme, with which secret (its label or place), and when the sender signed.
 * `signedAt` is made when it is read, and is not copied by a spread: take the fields that you need by name.
 *
 * @category models
 */
export interface Verified {
  /** The name of the scheme, such as `hmac`. */
  readonly scheme: string
  /** The label of the secret that signed, or its place such as "#1". */
  readonly secret: string
  /** When the sender signed; `None` where the scheme signs no time. */
  readonly signedAt: Option.Option<DateTime.Utc>
  /** The delivery id that the signature covers. Absent where the scheme signs none. */
  readonly deliveryId?: string
}
