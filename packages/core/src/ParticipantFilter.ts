/**
 * Which participants to list.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listliveparticipants, whose filters stand in the query
 * by the LHS bracket method: `email[contains]=example.com`.
 */
import { Schema } from "effect"
import { commaSeparated } from "./internal/commaSeparated.ts"
import { ParticipantStatus, ParticipantType } from "./Participant.ts"

/**
 * Each field narrows further; several operators of one field do so too.
 *
 * @category models
 */
export interface ParticipantFilter {
  /** By first name. */
  readonly firstname?: TextFilter | undefined
  /** By last name. */
  readonly lastname?: TextFilter | undefined
  /** By address. Personal data: it stands in the URL of the call, and in no span, log or error of ours. */
  readonly email?: TextFilter | undefined
  /** By what they are in the Live. */
  readonly type?: ChoiceFilter<ParticipantType> | undefined
  /** By where they stand. */
  readonly status?: ChoiceFilter<ParticipantStatus> | undefined
  /** Whether they have seen the replay. */
  readonly hasReplayed?: FlagFilter | undefined
  /** Whether they have participated. */
  readonly hasParticipated?: FlagFilter | undefined
}

/**
 * By text: several operators narrow further.
 *
 * @category models
 */
export interface TextFilter {
  /** The whole text. Whether case counts is not documented. */
  readonly eq?: string | undefined
  /** A part of it. */
  readonly contains?: string | undefined
}

/**
 * By one of a few words: several operators narrow further.
 *
 * @category models
 */
export interface ChoiceFilter<A extends string> {
  /** This one. */
  readonly eq?: A | undefined
  /** One of these. An empty list matches nobody: nothing is called, and the list is empty. */
  readonly in?: ReadonlyArray<A> | undefined
}

/**
 * By a property that holds or does not.
 *
 * @category models
 */
export interface FlagFilter {
  /** Whether it holds. */
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
