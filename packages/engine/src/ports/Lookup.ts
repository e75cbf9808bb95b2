/** What a text of any kind is known as: an id, a delivery id, a trace id, or a part of an address or of a Live's title. */
import type { Sender } from "@usher/signatures"
import type { LiveSummary } from "@usher/model/LiveSummary"
import type { Quarantined } from "@usher/model/Quarantined"

/**
 * What one call has found.
 *
 * @category models
 */
export interface Lookup {
  /** Lives with this text in the title, or with this id. First those whose beginning is unknown, then the latest first. */
  readonly lives: ReadonlyArray<FoundLive>
  /** The ids of webhooks with this id, delivery id or trace id, and of those without an invitation with this text in the body. */
  readonly webhookIds: ReadonlyArray<string>
  /** The ids of invitations with this id or trace id. */
  readonly invitationIds: ReadonlyArray<string>
  /** Deliveries in quarantine with this id, or with this text in the body, the path, or a header that operators can see. */
  readonly refused: ReadonlyArray<Refused>
  /** People with this text in their address or member id. */
  readonly people: ReadonlyArray<string>
  /** The cursor with which the search continues. Null once everything is searched. */
  readonly next: string | null
}

/**
 * The senders of the sources, by the source's name. They tell which headers are secret.
 *
 * @category models
 */
export type Senders = ReadonlyMap<string, { readonly sender: Sender.Sender }>

/**
 * A Live, in short.
 *
 * @category models
 */
export type FoundLive = Pick<LiveSummary, "spot" | "liveId" | "title" | "startsAt">

/**
 * A delivery in quarantine, in short.
 *
 * @category models
 */
export type Refused = Pick<
  Quarantined,
  "id" | "source" | "firstAt" | "lastAt" | "times" | "reason" | "message"
>
