/** A webhook to store as mapped. */
import type { Webhook } from "@usher/model/Webhook"
import type { Mapped, Terms } from "../../ports/Mapped.ts"

export interface Item {
  readonly webhook: Webhook
  /** The result of the mapping. */
  readonly mapped: Mapped
  /** How its invitations are stored. */
  readonly terms: Terms
}
