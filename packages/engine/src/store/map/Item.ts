/** One webhook to store as mapped. */
import type { Mapped, Terms, Webhook } from "../../ports/Webhook.ts"

export interface Item {
  readonly webhook: Webhook
  /** What the mapping made of the webhook. */
  readonly mapped: Mapped
  /** How its invitations are stored. */
  readonly terms: Terms
}
