import type { DateTime, Option } from "effect"

/**
 * A verified delivery: its scheme, its secret (by label or place), and when the sender signed.
 *
 * @category models
 */
export interface Verified {
  /** The name of the scheme, such as `hmac`. */
  readonly scheme: string
  /** The label of the secret that signed, or its place such as "#1". */
  readonly secret: string
  /** When the sender signed. `None` if the scheme signs no time. */
  readonly signedAt: Option.Option<DateTime.Utc>
  /** The delivery id that the signature covers. Absent if the scheme signs none. */
  readonly deliveryId?: string
}
