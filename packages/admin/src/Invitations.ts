/**
 * Invitations: one person to one Live each.
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
 * What one upstream call meant for an invitation: with the error's sentence in place of the error, which has more than people
 * need, and with the duration in milliseconds.
 *
 * @category schemas
 */
export const Attempt = StoredAttempt.mapFields(
  ({ duration: _duration, participant: _participant, ...fields }) => ({
    ...fields,
    /** How long the call took, in milliseconds. */
    durationMs: Schema.Finite,
    /** The tag and the sentence of what went wrong. */
    error: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String })),
    /** The id of the participant that the upstream answered with. */
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
 * Some of what a filter takes, or `all: true` alone.
 *
 * @category schemas
 */
export const Chosen = Selection.make(Filter.fields, {}).annotate({ identifier: "InvitationSelection" })

/**
 * What the schema `Chosen` decodes to.
 *
 * @category models
 */
export type Chosen = typeof Chosen.Type

/**
 * One invitation and all that happened to it.
 *
 * @category schemas
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
 */
export interface Detail extends Schema.Schema.Type<typeof Detail> {}

/**
 * The endpoints of invitations.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("invitations").add(
  // A search names people, and no address should stand in a URL.
  HttpApiEndpoint.post("search", "/invitations/search", {
    payload: Schema.Struct({ ...Filter.fields, ...Page.options }),
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
