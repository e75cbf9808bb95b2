/**
 * Invitations: one person to one Live each.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { InvitationStatus, Lane } from "@usher/model/Invitation"
import { Authorization, Requires } from "./Access.ts"
import { Exact } from "./Exact.ts"
import * as Page from "./Page.ts"
import { NotFound, Unavailable } from "./Problem.ts"
import * as Selection from "./Selection.ts"
import { StoryEntry } from "./Story.ts"

/**
 * One person's invitation to one Live.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Invitation = Schema.Struct({
  /** Its id. */
  id: Schema.String,
  /** The Spot's name. */
  spot: Schema.String,
  /** The Live's id. */
  liveId: Schema.String,
  /** An address or a Spot member id; null once the person is forgotten. */
  member: Schema.NullOr(Schema.String),
  /** The Spot member id of the inviter. Null where there is none. */
  invitedBy: Schema.NullOr(Schema.String),
  /** Whether MeltingSpot sends its mail; null where nobody said. */
  notify: Schema.NullOr(Schema.Boolean),
  /** Of the first webhook that asked for it. */
  source: Schema.String,
  /** Its status. */
  status: InvitationStatus,
  /** What it is sent with: sign-ups that arrive now, retries, replays or imports. */
  lane: Lane,
  /** How often it was sent. */
  attempts: Schema.Int,
  /** When it is sent next. */
  dueAt: Page.Time,
  /** Not sent from then on; null for never. */
  expiresAt: Schema.NullOr(Page.Time),
  /** When it was created. */
  createdAt: Page.Time,
  /** When it ended. Null while it has not. */
  settledAt: Schema.NullOr(Page.Time),
  /** The tag of the last attempt's error. */
  lastError: Schema.NullOr(Schema.String),
  /** Of the last attempt. */
  traceId: Schema.NullOr(Schema.String),
  /** The ids of the webhooks that asked for it. */
  webhookIds: Schema.Array(Schema.String)
}).annotate({ identifier: "Invitation" })

/**
 * What the schema `Invitation` decodes to.
 *
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
  /** When the call began. */
  startedAt: Page.Time,
  /** How long the call took, in milliseconds. */
  durationMs: Schema.Finite,
  /** The HTTP status, if there was an answer. */
  upstreamStatus: Schema.NullOr(Schema.Int),
  /** The tag and the sentence of what went wrong. */
  error: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String })),
  /** The participant that the upstream told of. */
  participantId: Schema.NullOr(Schema.String),
  /** A bounded piece of what the upstream said, if it said anything but what was expected. */
  answer: Schema.NullOr(Schema.String),
  /** The id of the call's trace. Null where there is none. */
  traceId: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Attempt" })

/**
 * What the schema `Attempt` decodes to.
 *
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
  /** These ids only. */
  ids: Schema.optionalKey(Selection.Ids),
  /** Of webhooks of this source. */
  source: Schema.optionalKey(Selection.Text),
  /** Of this Spot. */
  spot: Schema.optionalKey(Selection.Text),
  /** To this Live. */
  live: Schema.optionalKey(Selection.Text),
  /** An address or a Spot member id, however written; also of somebody who was forgotten. */
  person: Schema.optionalKey(Selection.Text),
  /** With one of these statuses. */
  status: Schema.optionalKey(Selection.someOf(InvitationStatus)),
  /** The id of a webhook that asked for it. */
  webhook: Schema.optionalKey(Selection.Text),
  /** Made at this time or later. */
  from: Schema.optionalKey(Page.Time),
  /** Made before this time. */
  to: Schema.optionalKey(Page.Time)
}).annotate({ identifier: "InvitationFilter" })

/**
 * What the schema `Filter` decodes to.
 *
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
 * What the schema `Chosen` decodes to.
 *
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
  /** The invitation itself. */
  invitation: Invitation,
  /** Every call that was made for it, oldest first. */
  attempts: Schema.Array(Attempt),
  /** In the order of time. */
  story: Schema.Array(StoryEntry)
}).annotate({ identifier: "InvitationDetail" })

/**
 * What the schema `Detail` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/**
 * The endpoints of invitations.
 *
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
