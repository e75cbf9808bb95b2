/**
 * Invitations, each of one person to one Live.
 */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import { InvitationFilter } from "@usher/model/Search"
import { Requires } from "./Access.ts"
import * as Page from "./Page.ts"
import { NotFound } from "./Problem.ts"
import * as Selection from "./Selection.ts"
import { StoryEntry } from "./Story.ts"

/**
 * One person's invitation to one Live.
 *
 * @category schemas
 */
export const Invitation = StoredInvitation.mapFields(Struct.omit(["lostCallAt"])).annotate({
  identifier: "Invitation"
})

/**
 * What the schema `Invitation` decodes to.
 *
 * @category models
 */
export interface Invitation extends Schema.Schema.Type<typeof Invitation> {}

/**
 * One upstream call for an invitation, with the tag and message of its error and the duration in milliseconds.
 *
 * @category schemas
 */
export const Attempt = StoredAttempt.mapFields(
  ({ duration: _duration, participant: _participant, ...fields }) => ({
    ...fields,
    /** How long the call took, in milliseconds. */
    durationMs: Schema.Finite,
    /** The tag and the message of the error. */
    error: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String })),
    /** The id of the participant in the response. */
    participantId: Schema.NullOr(Schema.String)
  })
).annotate({ identifier: "Attempt" })

/**
 * What the schema `Attempt` decodes to.
 *
 * @category models
 */
export interface Attempt extends Schema.Schema.Type<typeof Attempt> {}

/**
 * Conditions, combined with AND.
 *
 * @category schemas
 */
export const Filter = InvitationFilter.annotate({ identifier: "InvitationFilter" })

/**
 * What the schema `Filter` decodes to.
 *
 * @category models
 */
export interface Filter extends Schema.Schema.Type<typeof Filter> {}

/**
 * At least one field of the filter, or `all: true` alone.
 *
 * @category schemas
 */
export const Chosen = Selection.make(Filter.fields, {}).annotate({ identifier: "InvitationSelection" })

/**
 * Like `Chosen`, with the `asOf` of a plan.
 *
 * @category schemas
 */
export const Planned = Selection.make(Filter.fields, Selection.pin).annotate({
  identifier: "PlannedInvitations"
})

/**
 * What the schema `Planned` decodes to.
 *
 * @category models
 */
export type Planned = typeof Planned.Type

/**
 * What the schema `Chosen` decodes to.
 *
 * @category models
 */
export type Chosen = typeof Chosen.Type

/**
 * One invitation with its attempts and its story.
 *
 * @category schemas
 */
export const Detail = Schema.Struct({
  /** The invitation itself. */
  invitation: Invitation,
  /** All attempts, oldest first. */
  attempts: Schema.Array(Attempt),
  /** Oldest first. */
  story: Schema.Array(StoryEntry)
}).annotate({ identifier: "InvitationDetail" })

/**
 * What the schema `Detail` decodes to.
 *
 * @category models
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/**
 * The endpoints of invitations.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("invitations").add(
  // POST, because a search names people and URLs are logged.
  HttpApiEndpoint.post("search", "/invitations/search", {
    payload: Schema.Struct({ ...Filter.fields, ...Page.options(Page.idCursor("inv")) }),
    success: Page.of(Invitation)
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Search invitations, newest first"),
  HttpApiEndpoint.get("get", "/invitations/:id", {
    params: { id: Schema.String },
    success: Detail,
    error: NotFound
  }).annotate(OpenApi.Summary, "One invitation with its attempts and its story")
)
