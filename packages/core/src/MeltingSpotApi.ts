/**
 * The upstream's contract, as its reference documents it: the sandbox serves it, tests and documents derive from it.
 *
 * `LiveParticipants` calls by hand over the same schemas: a derived client fails on an undeclared status, which is
 * too strict for somebody else's API.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipant
 *
 * @since 0.1.0
 */
import { Schema } from "effect"
import {
  HttpApi,
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi
} from "effect/http-api"
import { InvitationPayload, LiveId } from "./Invitation.ts"
import { Participant } from "./Participant.ts"

/**
 * The only server the reference lists.
 *
 * @category constants
 * @since 0.1.0
 */
export const baseUrl = "https://openapi.meltingspot.io"

/**
 * The path of a Live's participants, with the id escaped.
 *
 * @category constructors
 * @since 0.1.0
 */
export const participantsPath = (liveId: string): string =>
  `/v1/lives/${encodeURIComponent(liveId)}/participants`

/** The reference documents no body for any failure: a literal stands for each. */
const failure = <const L extends string>(status: number, description: L) =>
  Schema.Literal(description).pipe(
    HttpApiSchema.asNoContent({ decode: () => description }),
    HttpApiSchema.status(status)
  )

/**
 * `Authorization: <prefix><secret key>`.
 *
 * Source: https://help.meltingspot.io/english/manage-spot/integrations/api-access/configuration
 *
 * @category middleware
 * @since 0.1.0
 */
export class SecretKey extends HttpApiMiddleware.Service<SecretKey>()(
  "@usher/core/MeltingSpotApi/SecretKey",
  {
    security: { secretKey: HttpApiSecurity.apiKey({ key: "authorization", in: "header" }) },
    error: failure(401, "Unauthorized")
  }
) {}

/**
 * `POST /v1/lives/{liveId}/participants`
 *
 * @category endpoints
 * @since 0.1.0
 */
export const inviteLiveParticipant = HttpApiEndpoint.post(
  "inviteLiveParticipant",
  "/v1/lives/:liveId/participants",
  {
    params: { liveId: LiveId },
    payload: InvitationPayload,
    success: [
      Participant.pipe(HttpApiSchema.status(201)),
      Schema.Literal("Member already invited").pipe(
        HttpApiSchema.asNoContent({ decode: () => "Member already invited" as const }),
        HttpApiSchema.status(200)
      )
    ],
    error: [failure(400, "Malformed payload"), failure(403, "Forbidden"), failure(404, "Live not found")]
  }
).annotate(OpenApi.Summary, "Invite a member as Live participant")

/**
 * @category groups
 * @since 0.1.0
 */
export class Lives extends HttpApiGroup.make("lives").add(inviteLiveParticipant).middleware(SecretKey) {}

/**
 * @category apis
 * @since 0.1.0
 */
export class MeltingSpotApi extends HttpApi.make("meltingspot")
  .add(Lives)
  .annotate(OpenApi.Title, "MeltingSpot, as Usher uses it") {}
