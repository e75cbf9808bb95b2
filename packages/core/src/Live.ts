/**
 * A Live, as the upstream describes it.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listlives and operation-getlive.
 */
import { Schema } from "effect"
import { openEnum } from "./internal/openEnum.ts"
import { pageOf } from "./internal/pageOf.ts"

/**
 * The status of a Live: `Planned`, `Live` or `Ended`. Undocumented values are accepted.
 *
 * Documented: operation-listlives.
 *
 * @category schemas
 */
export const LiveStatus = openEnum(["Planned", "Live", "Ended"])

/**
 * The status of a Live.
 *
 * @category models
 */
export type LiveStatus = typeof LiveStatus.Type

/**
 * The player of a Live: `Youtube`, `Vimeo`, `BuiltIn` or `NoSolution`. Undocumented values are accepted.
 *
 * Documented: operation-listlives.
 *
 * @category schemas
 */
export const LiveSolution = openEnum(["Youtube", "Vimeo", "BuiltIn", "NoSolution"])

/**
 * The player of a Live.
 *
 * @category models
 */
export type LiveSolution = typeof LiveSolution.Type

/**
 * The kind of a Live with the solution `BuiltIn`: `Workshop` or `Conference`. Undocumented
 * values are accepted.
 *
 * Documented: operation-listlives, as a filter. A field of this name in the answer is not documented.
 *
 * @category schemas
 */
export const BuiltInType = openEnum(["Workshop", "Conference"])

/**
 * The kind of a Live with the solution `BuiltIn`.
 *
 * @category models
 */
export type BuiltInType = typeof BuiltInType.Type

/**
 * Who may see a Live: `AnyOne`, `OnlySpotMembers` or `InvitedMembersOnly`. Undocumented values are accepted.
 *
 * Documented: operation-createlive.
 *
 * @category schemas
 */
export const LiveVisibility = openEnum(["AnyOne", "OnlySpotMembers", "InvitedMembersOnly"])

/**
 * Who may see the Live.
 *
 * @category models
 */
export type LiveVisibility = typeof LiveVisibility.Type

const count = Schema.NullOr(Schema.Finite)

/**
 * The figures of a Live. The reference names no units.
 *
 * Documented: operation-listlives, as `integer | null`. Fractions are accepted.
 *
 * @category schemas
 */
export const LiveMetrics = Schema.Struct({
  /** How long people watched on average. The unit is UNKNOWN. */
  averageViewTime: count,
  /** Registered people who did not attend. */
  noShow: count,
  /** Views of the replay. */
  totalReplayView: count,
  /** People who registered. */
  registrant: count,
  /** People who attended. */
  attendee: count,
  /** Attended over registered. Whether it is a percentage is UNKNOWN. */
  attendanceRate: count,
  /** People who were invited. */
  invited: count
})

/**
 * The figures of a Live.
 *
 * @category models
 */
export interface LiveMetrics extends Schema.Schema.Type<typeof LiveMetrics> {}

/**
 * Who may see and join a Live. Other fields exist and are UNKNOWN.
 *
 * Documented: operation-getlive.
 *
 * @category schemas
 */
export const LivePrivacy = Schema.Struct({
  /** Who may see the Live. */
  visibility: LiveVisibility
})

/**
 * A Live. Unknown extra fields are ignored.
 *
 * Documented: operation-listlives, operation-getlive. Every field is required there.
 *
 * @category schemas
 */
export class Live extends Schema.Class<Live>("@usher/core/Live")({
  /** The id of the Live: the `liveId` of an invitation. */
  id: Schema.String,
  /** Its title. Two Lives may have the same one. */
  title: Schema.String,
  /** When it begins. On the wire an ISO 8601 date-time. */
  startDate: Schema.DateTimeUtcFromString,
  /** When it ends. On the wire an ISO 8601 date-time. */
  endDate: Schema.DateTimeUtcFromString,
  /** The status. */
  status: LiveStatus,
  /** A status as well; how it differs from `status` is UNKNOWN. */
  computedStatus: LiveStatus,
  /** The player. */
  solution: LiveSolution,
  /** Who may see it. */
  privacy: LivePrivacy,
  /** Rich text: a list of nodes such as `{ type: "p", children: [{ text: "My new live" }] }`. Other nodes are UNKNOWN. */
  description: Schema.Array(Schema.Unknown),
  /** The figures. */
  metrics: LiveMetrics
}) {}

/**
 * One page of Lives.
 *
 * Documented: operation-listlives.
 *
 * @category schemas
 */
export const LivePage = pageOf(Live)

/**
 * One page of Lives.
 *
 * @category models
 */
export interface LivePage extends Schema.Schema.Type<typeof LivePage> {}
