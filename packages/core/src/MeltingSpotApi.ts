/**
 * The upstream's contract, as its reference documents it. The sandbox serves it; tests and documents derive from it.
 *
 * `LiveParticipants` uses the same schemas without a derived client, which fails on an undeclared status: too strict for a
 * third party's API.
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
import { AddedMembers, GroupMemberPayload, GroupMembersPayload, GroupPage } from "./Group.ts"
import { LiveId } from "./Invitation.ts"
import { BulkInvitationPayload, InvitationPayload } from "./InvitationPayload.ts"
import { Live, LivePage } from "./Live.ts"
import { LiveQuery } from "./LiveFilter.ts"
import { Participant, ParticipantPage } from "./Participant.ts"
import { ParticipantQuery } from "./ParticipantFilter.ts"
import { SpeakerInvitationPayload } from "./Speakers.ts"
import { SpotMember, SpotMemberId, SpotMemberPage } from "./SpotMember.ts"
import { SpotMemberQuery } from "./SpotMemberFilter.ts"

/** The reference documents no body for any failure: a literal stands for each. */
const failure = <const L extends string>(status: number, description: L) =>
  Schema.Literal(description).pipe(
    HttpApiSchema.asNoContent({ decode: () => description }),
    HttpApiSchema.status(status)
  )

const malformed = failure(400, "Malformed payload")
const forbidden = failure(403, "Forbidden")
const tooLarge = failure(413, "Payload is too large")

const refusals = [malformed, forbidden, failure(404, "Live not found")] as const
const memberRefusals = [forbidden, failure(404, "Spot member not found")] as const
const groupRefusals = [malformed, forbidden, failure(404, "Group not found")] as const

/**
 * `Authorization: <prefix><secret key>`.
 *
 * Source: https://help.meltingspot.io/english/manage-spot/integrations/api-access/configuration
 *
 * @category middleware
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
 */
export const inviteLiveParticipants = HttpApiEndpoint.post(
  "inviteLiveParticipants",
  "/v1/lives/:liveId/participants~bulkInvite",
  {
    params: { liveId: LiveId },
    payload: BulkInvitationPayload,
    success: Schema.Array(Participant),
    error: [...refusals, tooLarge]
  }
).annotate(OpenApi.Summary, "Invite members as Live participants")

/**
 * `GET /v1/lives/{liveId}/participants`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listliveparticipants
 *
 * @category endpoints
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
 * `GET /v1/lives`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listlives
 *
 * @category endpoints
 */
export const listLives = HttpApiEndpoint.get("listLives", "/v1/lives", {
  query: LiveQuery,
  success: LivePage,
  error: [malformed, forbidden]
}).annotate(OpenApi.Summary, "List the Lives of the Spot")

/**
 * `GET /v1/lives/{liveId}`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-getlive, whose list of failures is UNKNOWN.
 *
 * @category endpoints
 */
export const getLive = HttpApiEndpoint.get("getLive", "/v1/lives/:liveId", {
  params: { liveId: LiveId },
  success: Live,
  error: [forbidden, failure(404, "Live not found")]
}).annotate(OpenApi.Summary, "Get a Live")

/**
 * `POST /v1/lives/{liveId}/speakers~bulkInvite`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-invitelivespeakers
 *
 * @category endpoints
 */
export const inviteLiveSpeakers = HttpApiEndpoint.post(
  "inviteLiveSpeakers",
  "/v1/lives/:liveId/speakers~bulkInvite",
  {
    params: { liveId: LiveId },
    payload: SpeakerInvitationPayload,
    success: Schema.Array(Participant),
    error: [...refusals, tooLarge]
  }
).annotate(OpenApi.Summary, "Invite members as Live speakers")

/**
 * `GET /v1/spotMembers`
 *
 * Source: https://help.meltingspot.io/manage-spot/integrations/api/endpoints-les-membres-du-spot
 *
 * @category endpoints
 */
export const listSpotMembers = HttpApiEndpoint.get("listSpotMembers", "/v1/spotMembers", {
  query: SpotMemberQuery,
  success: SpotMemberPage,
  error: [malformed, forbidden]
}).annotate(OpenApi.Summary, "List the members of the Spot")

/**
 * `GET /v1/spotMembers/{spotMemberId}`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-getspotmember
 *
 * @category endpoints
 */
export const getSpotMember = HttpApiEndpoint.get("getSpotMember", "/v1/spotMembers/:spotMemberId", {
  params: { spotMemberId: SpotMemberId },
  success: SpotMember,
  error: memberRefusals
}).annotate(OpenApi.Summary, "Get a member of the Spot")

/** Of the page `endpoints-groups`. How lists are paged there is UNKNOWN: as everywhere else, it is assumed. */
const Paging = Schema.Struct({ page: SpotMemberQuery.fields.page, limit: SpotMemberQuery.fields.limit })

/**
 * `GET /v1/groups`
 *
 * Source: `endpoints-groups` of https://help.meltingspot.io. Assumed: pages.
 *
 * @category endpoints
 */
export const listGroups = HttpApiEndpoint.get("listGroups", "/v1/groups", {
  query: Paging,
  success: GroupPage,
  error: [malformed, forbidden]
}).annotate(OpenApi.Summary, "List the groups of the Spot")

/**
 * `GET /v1/groups/{groupId}/spotMembers`
 *
 * Source: `endpoints-groups` of https://help.meltingspot.io. Assumed: pages.
 *
 * @category endpoints
 */
export const listGroupMembers = HttpApiEndpoint.get("listGroupMembers", "/v1/groups/:groupId/spotMembers", {
  params: { groupId: Schema.NonEmptyString },
  query: Paging,
  success: SpotMemberPage,
  error: groupRefusals
}).annotate(OpenApi.Summary, "List the members of a group")

/**
 * `POST /v1/groups/{groupId}/spotMembers`
 *
 * Source: `endpoints-groups` of https://help.meltingspot.io
 *
 * @category endpoints
 */
export const addMemberToGroup = HttpApiEndpoint.post("addMemberToGroup", "/v1/groups/:groupId/spotMembers", {
  params: { groupId: Schema.NonEmptyString },
  payload: GroupMemberPayload,
  success: HttpApiSchema.NoContent,
  error: groupRefusals
}).annotate(OpenApi.Summary, "Add a member to a group")

/**
 * `POST /v1/groups/{groupId}/spotMembers~bulkAdd`
 *
 * Source: https://help-api.meltingspot.io/operation/operation-addmemberstogroup
 *
 * @category endpoints
 */
export const addMembersToGroup = HttpApiEndpoint.post(
  "addMembersToGroup",
  "/v1/groups/:groupId/spotMembers~bulkAdd",
  {
    params: { groupId: Schema.NonEmptyString },
    payload: GroupMembersPayload,
    success: AddedMembers,
    error: groupRefusals
  }
).annotate(OpenApi.Summary, "Add members to a group")

/**
 * Lives, their participants and their speakers.
 *
 * @category groups
 */
export class Lives extends HttpApiGroup.make("lives")
  .add(
    inviteLiveParticipant,
    inviteLiveParticipants,
    listLiveParticipants,
    listLives,
    getLive,
    inviteLiveSpeakers
  )
  .middleware(SecretKey) {}

/**
 * The members of the Spot.
 *
 * @category groups
 */
export class SpotMembers extends HttpApiGroup.make("spotMembers")
  .add(listSpotMembers, getSpotMember)
  .middleware(SecretKey) {}

/**
 * The groups of the Spot.
 *
 * @category groups
 */
export class Groups extends HttpApiGroup.make("groups")
  .add(listGroups, listGroupMembers, addMemberToGroup, addMembersToGroup)
  .middleware(SecretKey) {}

/**
 * The contract: what this package calls, and the sandbox serves.
 *
 * @category apis
 */
export class MeltingSpotApi extends HttpApi.make("meltingspot")
  .add(Lives, SpotMembers, Groups)
  .annotate(OpenApi.Title, "MeltingSpot, as Usher uses it") {}
