/**
 * Inviting people from a list, with lower priority than new webhooks. A long list is sent in pieces. A piece that is sent again within 24
 * hours is a duplicate, so that a list which broke off is simply sent again.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Invitation, Member } from "@usher/core"
import { Invalid, NotFound } from "./Problem.ts"

/**
 * How many people one piece may name.
 *
 * @category constants
 */
export const mostMembers = 500

/**
 * Some people to one Live.
 *
 * @category schemas
 */
export const Piece = Schema.Struct({
  /** The Spot that invites. */
  spot: Schema.String,
  /** The Live that they are invited to. */
  liveId: Invitation.LiveId,
  /** Email addresses, however written, or ids of the Spot's members. */
  members: Schema.Array(Schema.NonEmptyString.check(Schema.isMaxLength(Member.maxLength))).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(mostMembers)
  ),
  /** The Spot member on whose initiative it is. */
  invitedBy: Schema.optionalKey(Schema.NonEmptyString),
  /** Whether MeltingSpot sends its mail. */
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
      /** Of the webhook that stands for the piece. */
      webhookId: Schema.String,
      /** The same piece was accepted in the last 24 hours: it is not taken twice. */
      duplicate: Schema.Boolean
    }),
    error: [NotFound, Invalid]
  }).annotate(OpenApi.Summary, "Invite people from a list, with lower priority than new webhooks")
)
