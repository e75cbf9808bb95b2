/** The initial Lives, members and groups of a Spot in memory. */
import type { DateTime } from "effect"
import type { BuiltInType, LiveSolution, LiveStatus, LiveVisibility } from "../../Live.ts"
import type { SpotMemberRole, SpotMemberStatus } from "../../SpotMember.ts"

/**
 * An initial Live.
 *
 * @category options
 */
export interface LiveSeed {
  /** The id. */
  readonly id: string
  /** The title. Default: `Live` and the id. */
  readonly title?: string | undefined
  /** When it begins. Default: 2026-05-04T09:00:00Z. */
  readonly startDate?: DateTime.Utc | undefined
  /** When it ends. Default: an hour after it begins. */
  readonly endDate?: DateTime.Utc | undefined
  /** The status. Default: `Planned`. */
  readonly status?: LiveStatus | undefined
  /** The player. Default: `BuiltIn`. */
  readonly solution?: LiveSolution | undefined
  /** The kind, for filters. Default: `Conference`. */
  readonly builtInType?: BuiltInType | undefined
  /** Who may see it. Default: `AnyOne`. */
  readonly visibility?: LiveVisibility | undefined
}

/**
 * An initial member of the Spot.
 *
 * @category options
 */
export interface MemberSeed {
  /** The address. */
  readonly email: string
  /** The id. Default: `member-1`, `member-2` and so on; `member-0` is `host@example.com`. */
  readonly id?: string | undefined
  /** Default: `null`. */
  readonly firstname?: string | null | undefined
  /** Default: `null`. */
  readonly lastname?: string | null | undefined
  /** Default: `null`. */
  readonly title?: string | null | undefined
  /** Default: `Member`. */
  readonly role?: SpotMemberRole | undefined
  /** Default: `null`. */
  readonly customRoleId?: string | null | undefined
  /** Default: `Invited`. */
  readonly status?: SpotMemberStatus | undefined
  /** When they were invited to the Spot, for filters. Default: unknown, so that no bound matches. */
  readonly invitedAt?: DateTime.Utc | undefined
  /** When they registered, for filters. Default: they did not, so that no bound matches. */
  readonly registeredAt?: DateTime.Utc | undefined
}

/**
 * An initial group.
 *
 * @category options
 */
export interface GroupSeed {
  /** The id. */
  readonly id: string
  /** The name. */
  readonly name: string
  /** Default: `null`. */
  readonly description?: string | null | undefined
  /** Default: `null`. */
  readonly emoji?: string | null | undefined
  /** The members of the group, by Spot member id. Default: none. */
  readonly members?: ReadonlyArray<string> | undefined
}
