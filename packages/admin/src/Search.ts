/**
 * One search for everything that an operator may have in hand: an id, a sender's delivery id, a trace id, or a part of an
 * address or of a Live's title.
 */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { LiveSummary } from "@usher/model/LiveSummary"
import { Quarantined as Stored } from "@usher/model/Quarantined"
import { Requires } from "./Access.ts"
import { Invitation } from "./Invitations.ts"
import { Text } from "./Selection.ts"
import { Webhook } from "./Webhooks.ts"

/**
 * A delivery in quarantine, in short.
 *
 * @category schemas
 */
export const Refused = Stored.mapFields(
  Struct.pick(["id", "source", "firstAt", "lastAt", "times", "reason", "message"])
).annotate({ identifier: "Refused" })

/**
 * A Live, in short.
 *
 * @category schemas
 */
export const FoundLive = LiveSummary.mapFields(Struct.pick(["spot", "liveId", "title", "startsAt"])).annotate(
  { identifier: "FoundLive" }
)

/**
 * What one request has found. The relay searches for a limited time: while `next` is not null, call again with it.
 *
 * @category schemas
 */
export const Found = Schema.Struct({
  /** Lives with this text in the title, in any case, or with this id. */
  lives: Schema.Array(FoundLive),
  /** Webhooks with this id, delivery id or trace id, and those without an invitation with this text in the body. */
  webhooks: Schema.Array(Webhook),
  /** Invitations with this id or trace id. */
  invitations: Schema.Array(Invitation),
  /** Deliveries in quarantine with this id, or with this text in the body, the path, or a header that operators can see. */
  quarantined: Schema.Array(Refused),
  /** People with this text in their address or member id. */
  people: Schema.Array(Schema.String),
  /** The cursor with which the search continues. Null once everything is searched. */
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Found" })

/**
 * What the schema `Found` decodes to.
 *
 * @category models
 */
export interface Found extends Schema.Schema.Type<typeof Found> {}

/**
 * Adds what the next part of the search has found.
 *
 * @category accessors
 */
export const joined = (found: Found, part: Found): Found => ({
  lives: [...found.lives, ...part.lives],
  webhooks: [...found.webhooks, ...part.webhooks],
  invitations: [...found.invitations, ...part.invitations],
  quarantined: [...found.quarantined, ...part.quarantined],
  people: [...found.people, ...part.people],
  next: part.next
})

/**
 * The number of results.
 *
 * @category accessors
 */
export const sizeOf = ({ lives, webhooks, invitations, quarantined, people }: Found): number =>
  lives.length + webhooks.length + invitations.length + quarantined.length + people.length

/**
 * Where a search continues by itself: until there are 100 results, more than a person reads. Null: it ends here.
 *
 * @category accessors
 */
export const nextOf = (found: Found): string | null => (sizeOf(found) < 100 ? found.next : null)

/**
 * The endpoint of the search.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("search").add(
  // POST, because a search names people and URLs are logged.
  HttpApiEndpoint.post("all", "/search", {
    payload: Schema.Struct({
      text: Text.check(Schema.isMaxLength(1_000)),
      /** `next` of the previous part. */
      after: Schema.optionalKey(Schema.String)
    }),
    success: Found
  })
    .annotate(Requires, "read")
    .annotate(
      OpenApi.Summary,
      "Search by an id, a delivery id, a trace id, or a part of an address or of a Live's title"
    )
)
