/**
 * Invitations: one person to one Live each.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { InvitationStatus, Lane } from "@usher/engine/Dispatch"
import { Authorization, Requires } from "./Access.ts"
import { Exact } from "./Exact.ts"
import * as Page from "./Page.ts"
import { NotFound, Unavailable } from "./Problem.ts"
import * as Selection from "./Selection.ts"
import { StoryEntry } from "./Story.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Invitation = Schema.Struct({
  id: Schema.String,
  spot: Schema.String,
  liveId: Schema.String,
  /** An address or a Spot member id; null once the person is forgotten. */
  member: Schema.NullOr(Schema.String),
  invitedBy: Schema.NullOr(Schema.String),
  /** Whether MeltingSpot sends its mail; null where nobody said. */
  notify: Schema.NullOr(Schema.Boolean),
  /** Of the first webhook that asked for it. */
  source: Schema.String,
  status: InvitationStatus,
  lane: Lane,
  attempts: Schema.Int,
  dueAt: Page.Time,
  /** Not sent from then on; null for never. */
  expiresAt: Schema.NullOr(Page.Time),
  createdAt: Page.Time,
  settledAt: Schema.NullOr(Page.Time),
  /** The tag of the last attempt's error. */
  lastError: Schema.NullOr(Schema.String),
  /** Of the last attempt. */
  traceId: Schema.NullOr(Schema.String),
  webhookIds: Schema.Array(Schema.String)
}).annotate({ identifier: "Invitation" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Invitation extends Schema.Schema.Type<typeof Invitation> {}

/**
 * What one upstream call meant for an invitation.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Attempt = Schema.Struct({
  /** The same for all invitations that were in one call. */
  id: Schema.String,
  /** 1 for the invitation's first. */
  number: Schema.Int,
  startedAt: Page.Time,
  durationMs: Schema.Finite,
  /** The HTTP status, if there was an answer. */
  upstreamStatus: Schema.NullOr(Schema.Int),
  /** The tag and the sentence of what went wrong. */
  error: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String })),
  /** The participant that the upstream told of. */
  participantId: Schema.NullOr(Schema.String),
  /** A bounded piece of what the upstream said, if it said anything but what was expected. */
  answer: Schema.NullOr(Schema.String),
  traceId: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Attempt" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Attempt extends Schema.Schema.Type<typeof Attempt> {}

/**
 * All of what is given has to be so.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Filter = Schema.Struct({
  ids: Schema.optionalKey(Selection.Ids),
  source: Schema.optionalKey(Selection.Text),
  spot: Schema.optionalKey(Selection.Text),
  live: Schema.optionalKey(Selection.Text),
  /** An address or a Spot member id, however written; also of somebody who was forgotten. */
  person: Schema.optionalKey(Selection.Text),
  status: Schema.optionalKey(Selection.someOf(InvitationStatus)),
  /** The id of a webhook that asked for it. */
  webhook: Schema.optionalKey(Selection.Text),
  /** Made at this time or later. */
  from: Schema.optionalKey(Page.Time),
  /** Made before this time. */
  to: Schema.optionalKey(Page.Time)
}).annotate({ identifier: "InvitationFilter" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Filter extends Schema.Schema.Type<typeof Filter> {}

/**
 * Some of what a filter takes, or `all: true` alone.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Chosen = Selection.make(Filter.fields, {}).annotate({ identifier: "InvitationSelection" })

/**
 * @category models
 * @since 0.1.0
 */
export type Chosen = typeof Chosen.Type

/**
 * One invitation and all that happened to it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Detail = Schema.Struct({
  invitation: Invitation,
  attempts: Schema.Array(Attempt),
  /** In the order of time. */
  story: Schema.Array(StoryEntry)
}).annotate({ identifier: "InvitationDetail" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("invitations")
  .add(
    // A search names people, and no address should stand in a URL.
    HttpApiEndpoint.post("search", "/invitations/search", {
      payload: Schema.Struct({ ...Filter.fields, ...Page.options }),
      success: Page.of(Invitation),
      error: Unavailable
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "Search invitations, newest first"),
    HttpApiEndpoint.get("get", "/invitations/:id", {
      params: { id: Schema.String },
      success: Detail,
      error: [NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "One invitation with its attempts and its story")
  )
  .middleware(Exact)
  .middleware(Authorization)
