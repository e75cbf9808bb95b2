/** The Lives, members and groups that a Spot in memory begins with. */
import type { DateTime } from "effect"
import type { BuiltInType, LiveSolution, LiveStatus, LiveVisibility } from "../../Live.ts"
import type { SpotMemberRole, SpotMemberStatus } from "../../SpotMember.ts"

/**
 * A Live that is there from the start.
 *
 * @category options
 */
export interface LiveSeed {
  /** The id. */
  readonly id: string
  /** The title. Default: `Live` and the id. */
  readonly title?: string | undefined
  /** When it begins. Default 2026-05-04T09:00:00Z. */
  readonly startDate?: DateTime.Utc | undefined
  /** When it ends. Default: an hour after it begins. */
  readonly endDate?: DateTime.Utc | undefined
  /** Where it stands. Default `Planned`. */
  readonly status?: LiveStatus | undefined
  /** What it is shown with. Default `BuiltIn`. */
  readonly solution?: LiveSolution | undefined
  /** Its kind, for filters. Default `Conference`. */
  readonly builtInType?: BuiltInType | undefined
  /** Who may see it. Default `AnyOne`. */
  readonly visibility?: LiveVisibility | undefined
}

/**
 * A member who is in the Spot from the start.
 *
 * @category options
 */
export interface MemberSeed {
  /** The address. */
  readonly email: string
  /** The id. Default `member-1`, `member-2` and so on; `member-0` is `host@example.com`. */
  readonly id?: string | undefined
  /** Default `null`. */
  readonly firstname?: string | null | undefined
  /** Default `null`. */
  readonly lastname?: string | null | undefined
  /** Default `null`. */
  readonly title?: string | null | undefined
  /** Default `Member`. */
  readonly role?: SpotMemberRole | undefined
  /** Default `null`. */
  readonly customRoleId?: string | null | undefined
  /** Default `Invited`. */
  readonly status?: SpotMemberStatus | undefined
  /** When they were invited to the Spot, for filters. Default: unknown, so that no bound matches. */
  readonly invitedAt?: DateTime.Utc | undefined
  /** When they registered, for filters. Default: they did not, so that no bound matches. */
  readonly registeredAt?: DateTime.Utc | undefined
}

/**
 * A group that is there from the start.
 *
 * @category options
 */
export interface GroupSeed {
  /** The id. */
  readonly id: string
  /** The name. */
  readonly name: string
  /** Default `null`. */
  readonly description?: string | null | undefined
  /** Default `null`. */
  readonly emoji?: string | null | undefined
  /** The members who are in it, by Spot member id. Default: nobody. */
  readonly members?: ReadonlyArray<string> | undefined
}
