/** Stored deliveries that name a person without inviting them. */
import type { SearchPosition } from "@usher/model/Search"
import type { Webhook } from "@usher/model/Webhook"
import type { Refused } from "./Lookup.ts"

/**
 * What one call has found.
 *
 * @category models
 */
export interface Mentions {
  /** Whether bodies are searched. False for a member id of less than 8 characters, which means something else in a body. */
  readonly isSearched: boolean
  /** Webhooks that name the person and requested no invitation for them. */
  readonly webhooks: ReadonlyArray<Webhook>
  /** Deliveries in quarantine that name the person. */
  readonly refused: ReadonlyArray<Refused>
  /** Where the search continues. Null once everything is searched. */
  readonly next: SearchPosition | null
}
