/**
 * A group of Spot members, as the upstream describes it.
 *
 * Source: https://help.meltingspot.io, "Endpoints: groups" (`endpoints-groups`).
 */
import { Schema, SchemaTransformation } from "effect"
import { pageOf } from "./internal/pageOf.ts"
import { SpotMemberId } from "./SpotMember.ts"

const text = Schema.optionalKey(Schema.NullOr(Schema.String))

/**
 * A group. Unknown extra fields are ignored.
 *
 * Documented: endpoints-groups, for the names of the fields. UNKNOWN: which of them can be null or missing, and the type
 * of `icon`.
 *
 * @category schemas
 */
export class Group extends Schema.Class<Group>("@usher/core/Group")({
  /** The id of the group. */
  id: Schema.String,
  /** Its name. */
  name: Schema.String,
  /** What it is for. */
  description: text,
  /** An emoji beside its name. */
  emoji: text,
  /** An image beside its name. */
  icon: Schema.optionalKey(Schema.Unknown)
}) {}

const Page = pageOf(Group)

/**
 * One page of groups. An array is read as a page that holds every group.
 *
 * Assumed: `{ items, total }`, as for other lists. The page of the reference names the path only.
 *
 * @category schemas
 */
export const GroupPage = Schema.Union([Page, Schema.Array(Group)]).pipe(
  Schema.decodeTo(
    Schema.toType(Page),
    SchemaTransformation.transform({
      decode: (answer: GroupPage | ReadonlyArray<Group>): GroupPage =>
        "items" in answer ? answer : { items: answer, total: answer.length },
      encode: (page: GroupPage): GroupPage | ReadonlyArray<Group> => page
    })
  )
)

/**
 * One page of groups.
 *
 * @category models
 */
export interface GroupPage extends Schema.Schema.Type<typeof Page> {}

/**
 * The body that adds one member, named as on the wire.
 *
 * Documented: endpoints-groups.
 *
 * @category schemas
 */
export const GroupMemberPayload = Schema.Struct({
  /** The member to add. */
  spotMemberId: SpotMemberId
})

/**
 * The body that adds many members, named as on the wire.
 *
 * Documented: https://help-api.meltingspot.io/operation/operation-addmemberstogroup
 *
 * @category schemas
 */
export const GroupMembersPayload = Schema.Struct({
  /** The members to add. */
  spotMemberIds: Schema.Array(SpotMemberId)
})

/**
 * Which members were added.
 *
 * Documented: operation-addmemberstogroup. UNKNOWN: where the answer lists a member who was in the group before.
 *
 * @category schemas
 */
export const AddedMembers = Schema.Struct({
  /** The members who are now in the group. */
  addedSpotMemberIds: Schema.Array(Schema.String),
  /** The members who could not be added. The reason is not given. */
  failedSpotMemberIds: Schema.Array(Schema.String)
})

/**
 * Which members were added.
 *
 * @category models
 */
export interface AddedMembers extends Schema.Schema.Type<typeof AddedMembers> {}
