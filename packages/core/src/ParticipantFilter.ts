/**
 * Which participants to list.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listliveparticipants, whose filters stand in the query
 * by the LHS bracket method: `email[contains]=example.com`.
 *
 * @since 0.1.0
 */
import { Schema } from "effect"
import { commaSeparated } from "./internal/commaSeparated.ts"
import { ParticipantStatus, ParticipantType } from "./Participant.ts"

/**
 * Each field narrows further; several operators of one field do so too.
 *
 * @category models
 * @since 0.1.0
 */
export interface ParticipantFilter {
  /** By first name. */
  readonly firstname?: TextFilter
  /** By last name. */
  readonly lastname?: TextFilter
  /** By address. Personal data: it stands in the URL of the call, and in no span, log or error of ours. */
  readonly email?: TextFilter
  /** By what they are in the Live. */
  readonly type?: ChoiceFilter<ParticipantType>
  /** By where they stand. */
  readonly status?: ChoiceFilter<ParticipantStatus>
  /** Whether they have seen the replay. */
  readonly hasReplayed?: { readonly eq: boolean }
  /** Whether they have participated. */
  readonly hasParticipated?: { readonly eq: boolean }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface TextFilter {
  /** The whole text. Whether case counts is not documented. */
  readonly eq?: string
  /** A part of it. */
  readonly contains?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ChoiceFilter<A extends string> {
  /** This one. */
  readonly eq?: A
  /** One of these. */
  readonly in?: ReadonlyArray<A>
}

const text = Schema.optionalKey(Schema.String)
const flag = Schema.optionalKey(Schema.Literals(["true", "false"]))

/**
 * The query string of the list, named as on the wire.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ParticipantQuery = Schema.Struct({
  page: Schema.optionalKey(Schema.FiniteFromString),
  limit: Schema.optionalKey(Schema.FiniteFromString),
  "firstname[eq]": text,
  "firstname[contains]": text,
  "lastname[eq]": text,
  "lastname[contains]": text,
  "email[eq]": text,
  "email[contains]": text,
  "type[eq]": Schema.optionalKey(ParticipantType),
  "type[in]": Schema.optionalKey(commaSeparated(ParticipantType)),
  "status[eq]": Schema.optionalKey(ParticipantStatus),
  "status[in]": Schema.optionalKey(commaSeparated(ParticipantStatus)),
  "hasReplayed[eq]": flag,
  "hasParticipated[eq]": flag
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ParticipantQuery extends Schema.Schema.Type<typeof ParticipantQuery> {}

/**
 * The filter as it stands in the query. The brackets are literal, as in the documentation's own example; whether the
 * upstream takes them escaped is not documented.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toQuery = (filter: ParticipantFilter): ReadonlyArray<readonly [name: string, value: string]> =>
  Object.entries(filter).flatMap(([field, operators]) =>
    Object.entries(operators ?? {}).flatMap(([operator, value]) =>
      value === undefined ? [] : [[`${field}[${operator}]`, String(value)] as const]
    )
  )
