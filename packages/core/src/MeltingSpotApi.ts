/**
 * The upstream's contract, as its reference documents it: the sandbox serves it, tests and documents derive from it.
 *
 * `LiveParticipants` calls by hand over the same schemas: a derived client fails on an undeclared status, which is
 * too strict for somebody else's API.
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
import { BulkInvitationPayload, InvitationPayload, LiveId } from "./Invitation.ts"
import { Participant, ParticipantPage } from "./Participant.ts"
import { ParticipantQuery } from "./ParticipantFilter.ts"

/** The reference documents no body for any failure: a literal stands for each. */
const failure = <const L extends string>(status: number, description: L) =>
  Schema.Literal(description).pipe(
    HttpApiSchema.asNoContent({ decode: () => description }),
    HttpApiSchema.status(status)
  )

const refusals = [
  failure(400, "Malformed payload"),
  failure(403, "Forbidden"),
  failure(404, "Live not found")
] as const

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
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipant
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
    error: refusals
  }
).annotate(OpenApi.Summary, "Invite a member as Live participant")

/**
 * `POST /v1/lives/{liveId}/participants~bulkInvite`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-inviteliveparticipants
 *
 * @category endpoints
 * @since 0.1.0
 */
export const inviteLiveParticipants = HttpApiEndpoint.post(
  "inviteLiveParticipants",
  "/v1/lives/:liveId/participants~bulkInvite",
  {
    params: { liveId: LiveId },
    payload: BulkInvitationPayload,
    success: Schema.Array(Participant),
    error: [...refusals, failure(413, "Payload is too large")]
  }
).annotate(OpenApi.Summary, "Invite members as Live participants")

/**
 * `GET /v1/lives/{liveId}/participants`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listliveparticipants
 *
 * @category endpoints
 * @since 0.1.0
 */
export const listLiveParticipants = HttpApiEndpoint.get(
  "listLiveParticipants",
  "/v1/lives/:liveId/participants",
  {
    params: { liveId: LiveId },
    query: ParticipantQuery,
    success: ParticipantPage,
    error: refusals
  }
).annotate(OpenApi.Summary, "List the participants of a Live")

/**
 * @category groups
 * @since 0.1.0
 */
export class Lives extends HttpApiGroup.make("lives")
  .add(inviteLiveParticipant, inviteLiveParticipants, listLiveParticipants)
  .middleware(SecretKey) {}

/**
 * @category apis
 * @since 0.1.0
 */
export class MeltingSpotApi extends HttpApi.make("meltingspot")
  .add(Lives)
  .annotate(OpenApi.Title, "MeltingSpot, as Usher uses it") {}
