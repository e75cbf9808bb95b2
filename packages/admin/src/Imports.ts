/**
 * Imports: invite people from a list, with lower priority than new webhooks. A long list is sent in pieces. A piece that is
 * sent again within 24 hours is a duplicate, so an interrupted import can simply be repeated.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Invitation, Member } from "@usher/core"
import { Invalid, NotFound } from "./Problem.ts"

/**
 * The maximum number of people in one piece.
 *
 * @category constants
 */
export const maxMembers = 500

/**
 * A list of people to invite to one Live.
 *
 * @category schemas
 */
export const Piece = Schema.Struct({
  /** The name of the Spot. */
  spot: Schema.String,
  /** The id of the Live. */
  liveId: Invitation.LiveId,
  /** Email addresses in any spelling, or Spot member ids. */
  members: Schema.Array(Schema.NonEmptyString.check(Schema.isMaxLength(Member.maxLength))).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(maxMembers)
  ),
  /** The id of the inviting Spot member. */
  invitedBy: Schema.optionalKey(Schema.NonEmptyString),
  /** Whether MeltingSpot sends an email to each person. */
  notify: Schema.optionalKey(Schema.Boolean)
}).annotate({ identifier: "ImportPiece" })

/**
 * What the schema `Piece` decodes to.
 *
 * @category models
 */
export interface Piece extends Schema.Schema.Type<typeof Piece> {}

/**
 * The endpoint of imports.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("imports").add(
  HttpApiEndpoint.post("add", "/imports", {
    payload: Piece,
    success: Schema.Struct({
      /** The id of the webhook that stores the piece. */
      webhookId: Schema.String,
      /** Whether the same piece was accepted in the last 24 hours. A duplicate is ignored. */
      duplicate: Schema.Boolean
    }),
    error: [NotFound, Invalid]
  }).annotate(OpenApi.Summary, "Invite people from a list, with lower priority than new webhooks")
)
