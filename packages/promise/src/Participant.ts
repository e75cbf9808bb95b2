/**
 * A member who was invited to a Live.
 */

/**
 * The state of an invitation. Undocumented values are accepted.
 *
 * @category models
 */
export type ParticipantStatus = "Accepted" | "Invited" | "Declined" | (string & {})

/**
 * The role in the Live. Undocumented values are accepted.
 *
 * @category models
 */
export type ParticipantType = "Participant" | "Speaker" | "Host" | (string & {})

/**
 * The activity of a participant.
 *
 * @category models
 */
export interface ParticipantMetrics {
  /** An integer. MeltingSpot documents no unit. */
  readonly viewTime: number | null
  /** Whether the participant has watched the replay. */
  readonly hasReplayed: boolean | null
  /** Whether the participant has taken part in the Live. */
  readonly hasParticipated: boolean | null
}

/**
 * A member who was invited to a Live, as MeltingSpot describes them.
 *
 * @category models
 */
export interface Participant {
  /** The id of the participant. */
  readonly id: string
  /** The Live that the participant is invited to. */
  readonly liveId: string
  /** The Spot member behind the participant. */
  readonly spotMemberId: string
  /** The email address. Personal data: keep it out of logs. */
  readonly spotMemberEmail: string
  /** The first name. `null` if the participant has not given one. */
  readonly spotMemberFirstname: string | null
  /** The last name. `null` if the participant has not given one. */
  readonly spotMemberLastname: string | null
  /** The state of the invitation. */
  readonly status: ParticipantStatus
  /** The role in the Live. */
  readonly type: ParticipantType
  /** When the invitation was made. */
  readonly invitedAt: Date | null
  /** When the participant registered. */
  readonly registeredAt: Date | null
  /** Required by the API, which does not document its meaning. */
  readonly isHighlighted: boolean
  /** The activity of the participant. */
  readonly metrics: ParticipantMetrics
}
