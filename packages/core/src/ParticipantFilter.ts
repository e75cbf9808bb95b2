/**
 * Filters the list of participants.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listliveparticipants, whose filters are query parameters
 * by the LHS bracket method: `email[contains]=example.com`.
 */
import { Schema } from "effect"
import { commaSeparated } from "./internal/commaSeparated.ts"
import { ParticipantStatus, ParticipantType } from "./Participant.ts"

/**
 * Filters participants: a participant has to match every field, and every operator of a field.
 *
 * @category models
 */
export interface ParticipantFilter {
  /** By first name. */
  readonly firstname?: TextFilter | undefined
  /** By last name. */
  readonly lastname?: TextFilter | undefined
  /** By address. Personal data: it is part of the URL of the call, and of no span, log or error of this package. */
  readonly email?: TextFilter | undefined
  /** By role in the Live. */
  readonly type?: ChoiceFilter<ParticipantType> | undefined
  /** By status. */
  readonly status?: ChoiceFilter<ParticipantStatus> | undefined
  /** Whether they have seen the replay. */
  readonly hasReplayed?: FlagFilter | undefined
  /** Whether they have participated. */
  readonly hasParticipated?: FlagFilter | undefined
}

/**
 * A condition on a text. Every given operator has to match.
 *
 * @category models
 */
export interface TextFilter {
  /** The whole text. Whether case matters is not documented. */
  readonly eq?: string | undefined
  /** A part of it. */
  readonly contains?: string | undefined
}

/**
 * A condition on one of a few values. Every given operator has to match.
 *
 * @category models
 */
export interface ChoiceFilter<A extends string> {
  /** This one. */
  readonly eq?: A | undefined
  /** One of these. An empty list matches nobody: the result is empty, without a call. */
  readonly in?: ReadonlyArray<A> | undefined
}

/**
 * A condition on a flag.
 *
 * @category models
 */
export interface FlagFilter {
  /** The value of the flag. */
  readonly eq?: boolean | undefined
}

const text = Schema.optionalKey(Schema.String)
const flag = Schema.optionalKey(Schema.Literals(["true", "false"]))

/**
 * The query string of the list, named as on the wire.
 *
 * @category schemas
 */
export const ParticipantQuery = Schema.Struct({
  /** The number of the page. */
  page: Schema.optionalKey(Schema.FiniteFromString),
  /** How many participants a page has. */
  limit: Schema.optionalKey(Schema.FiniteFromString),
  "firstname[eq]": text,
  "firstname[contains]": text,
  "lastname[eq]": text,
  "lastname[contains]": text,
  "email[eq]": text,
  "email[contains]": text,
  /** Of this type. */
  "type[eq]": Schema.optionalKey(ParticipantType),
  /** Of one of these types. */
  "type[in]": Schema.optionalKey(commaSeparated(ParticipantType)),
  /** Of this status. */
  "status[eq]": Schema.optionalKey(ParticipantStatus),
  /** Of one of these statuses. */
  "status[in]": Schema.optionalKey(commaSeparated(ParticipantStatus)),
  "hasReplayed[eq]": flag,
  "hasParticipated[eq]": flag
})

/**
 * The query string of the list, decoded.
 *
 * @category models
 */
export interface ParticipantQuery extends Schema.Schema.Type<typeof ParticipantQuery> {}
