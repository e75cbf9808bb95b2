/**
 * The groups of a Spot and their members.
 */
import { Context, Effect, Schema, type Stream } from "effect"
import type { CallError, ReadError } from "./CallError.ts"
import { AddedMembers, type Group, GroupMemberPayload, GroupMembersPayload, GroupPage } from "./Group.ts"
import { type Api, decodeNothing, decoderOf, overApi } from "./internal/api.ts"
import { layerConfigOf, layerOf, makeOf } from "./internal/settings.ts"
import type { PageOptions } from "./internal/paging.ts"
import { type SpotMember, SpotMemberPage } from "./SpotMember.ts"

export type { PageOptions } from "./internal/paging.ts"

/**
 * The groups of a Spot. Source: `endpoints-groups` of https://help.meltingspot.io.
 *
 * @category services
 */
export class Groups extends Context.Service<
  Groups,
  {
    /**
     * The groups of the Spot, page by page as the stream is read (`GET /v1/groups`).
     *
     * Documented: the path and the fields of a group. Assumed: it has pages as other lists have.
     */
    readonly list: (options?: PageOptions) => Stream.Stream<Group, ReadError>
    /**
     * The members of a group, page by page as the stream is read (`GET /v1/groups/{groupId}/spotMembers`). Fails with
     * `ResourceNotFound` when there is no such group.
     *
     * Documented: the path, and 404. Assumed: pages of Spot members.
     */
    readonly members: (groupId: string, options?: PageOptions) => Stream.Stream<SpotMember, ReadError>
    /**
     * Adds one member (`POST /v1/groups/{groupId}/spotMembers`): one attempt, no retry.
     *
     * Documented: the body, 204 and 404. UNKNOWN: the answer for a member who is already in the group, and for an unknown id.
     */
    readonly add: (groupId: string, spotMemberId: string) => Effect.Effect<void, CallError>
    /**
     * Adds many members in one call (`POST /v1/groups/{groupId}/spotMembers~bulkAdd`): one attempt, no retry, no chunks.
     * Without ids, no call is made.
     *
     * Documented: https://help-api.meltingspot.io/operation/operation-addmemberstogroup, for the body, 200, 400 and 404.
     * UNKNOWN: how many ids one call may hold.
     */
    readonly addMany: (
      groupId: string,
      spotMemberIds: ReadonlyArray<string>
    ) => Effect.Effect<AddedMembers, CallError>
  }
>()("@usher/core/Groups") {}

const decodeGroups = decoderOf(GroupPage)
const decodeMembers = decoderOf(SpotMemberPage)
const decodeAdded = decoderOf(AddedMembers)
const encodeOne = Schema.encodeUnknownEffect(Schema.fromJsonString(GroupMemberPayload))
const encodeMany = Schema.encodeUnknownEffect(Schema.fromJsonString(GroupMembersPayload))

const members = "/v1/groups/{groupId}/spotMembers"

const fromApi = ({ list, post }: Api): Groups["Service"] =>
  Groups.of({
    list: (options = {}) => list("/v1/groups", {}, decodeGroups, { name: "Groups.list", options }),
    members: (groupId, options = {}) =>
      list(members, { groupId }, decodeMembers, { name: "Groups.members", options }),
    add: Effect.fn("Groups.add")((groupId, spotMemberId) =>
      post({ path: members, params: { groupId } }, encodeOne, { spotMemberId }, decodeNothing)
    ),
    addMany: Effect.fn("Groups.addMany")(function* (groupId, spotMemberIds) {
      if (spotMemberIds.length === 0) return { addedSpotMemberIds: [], failedSpotMemberIds: [] }
      yield* Effect.annotateCurrentSpan("batch.size", spotMemberIds.length)
      const path = `${members}~bulkAdd`
      return yield* post({ path, params: { groupId } }, encodeMany, { spotMemberIds }, decodeAdded)
    })
  })

const fromSettings = /* @__PURE__ */ overApi(fromApi)

/**
 * The service itself, for programs that hold several: one for each Spot. Invalid options are a defect that names the
 * option.
 *
 * @category constructors
 */
export const make = /* @__PURE__ */ makeOf(fromSettings)

/**
 * A layer over any `HttpClient` that makes one attempt for each call. Every call waits for its place in the `Budget` of
 * the key, which `LiveParticipants` shares; the default counts in memory. Invalid options are a defect that names the
 * option.
 *
 * @category layers
 */
export const layer = /* @__PURE__ */ layerOf(Groups, fromSettings)

/**
 * `layer` with options that are read from the configuration when the layer is built. Invalid options are a `ConfigError`.
 * Default: `MeltingSpotConfig.config`.
 *
 * @category layers
 */
export const layerConfig = /* @__PURE__ */ layerConfigOf(Groups, fromSettings)
