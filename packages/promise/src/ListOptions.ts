/**
 * Options of the list of participants.
 */
import type { ParticipantStatus, ParticipantType } from "./Participant.ts"

/**
 * A condition on a text. If several operators are given, all must hold.
 *
 * @category models
 */
export interface TextFilter {
  /** Equals this text. Whether case matters is not documented. */
  readonly eq?: string | undefined
  /** Contains this text. */
  readonly contains?: string | undefined
}

/**
 * A condition on one of several values. If several operators are given, all must hold.
 *
 * @category models
 */
export interface ChoiceFilter<Choice extends string> {
  /** Equals this value. */
  readonly eq?: Choice | undefined
  /** Equals one of these values. */
  readonly in?: ReadonlyArray<Choice> | undefined
}

/**
 * A condition on a flag.
 *
 * @category models
 */
export interface FlagFilter {
  /** Equals this value. */
  readonly eq: boolean
}

/**
 * Conditions on participants. If several are given, all must hold.
 *
 * @category models
 */
export interface ParticipantFilter {
  /** By first name. */
  readonly firstname?: TextFilter | undefined
  /** By last name. */
  readonly lastname?: TextFilter | undefined
  /** By email address. It is part of the URL of the call, and of no error. */
  readonly email?: TextFilter | undefined
  /** By role in the Live. */
  readonly type?: ChoiceFilter<ParticipantType> | undefined
  /** By state of the invitation. */
  readonly status?: ChoiceFilter<ParticipantStatus> | undefined
  /** Whether the participant has watched the replay. */
  readonly hasReplayed?: FlagFilter | undefined
  /** Whether the participant has taken part. */
  readonly hasParticipated?: FlagFilter | undefined
}

/**
 * Options of the list of participants.
 *
 * @category options
 */
export interface ListOptions {
  /** The Live whose participants are listed. */
  readonly liveId: string
  /** Optional. Default: all participants. */
  readonly filter?: ParticipantFilter | undefined
  /** Participants on one page, at least 1. Default: the API's, which is not documented. */
  readonly pageSize?: number | undefined
  /** The number of the first page, which is not documented: 0 or 1. Default: detected, which may cost one call. */
  readonly firstPage?: number | undefined
}
