/**
 * Which Spot members to list.
 *
 * Source: https://help.meltingspot.io/manage-spot/integrations/api/endpoints-les-membres-du-spot, whose filters stand in
 * the query by the LHS bracket method: `email[in]=john.doe@gmail.com`.
 */
import { type DateTime, Schema } from "effect"
import { commaSeparated } from "./internal/commaSeparated.ts"

/**
 * One of these values.
 *
 * @category models
 */
export interface AmongFilter {
  /** One of these. An empty array matches nobody: the list is empty, without a call. */
  readonly in?: ReadonlyArray<string> | undefined
}

/**
 * A stretch of time. All given bounds apply.
 *
 * @category models
 */
export interface PeriodFilter {
  /** Before this moment. */
  readonly before?: DateTime.DateTime | undefined
  /** After this moment. */
  readonly after?: DateTime.DateTime | undefined
}

/**
 * Which members to list: a member has to match every field.
 *
 * Documented: endpoints-les-membres-du-spot. UNKNOWN: whether case counts, and how many values `in` may have.
 *
 * @category models
 */
export interface SpotMemberFilter {
  /** By address. Personal data: it stands in the URL of the call, and in no span, log or error of this package. */
  readonly email?: AmongFilter | undefined
  /** By first name. A name with a comma can't be written. */
  readonly firstname?: AmongFilter | undefined
  /** By last name. A name with a comma can't be written. */
  readonly lastname?: AmongFilter | undefined
  /** By their role of the Spot's own making. */
  readonly customRoleId?: { readonly eq?: string | undefined } | undefined
  /** By when they were invited to the Spot. `timestampUnit` of the list says how the moment is written. */
  readonly invitationDate?: PeriodFilter | undefined
  /** By when they registered. `timestampUnit` of the list says how the moment is written. */
  readonly registrationDate?: PeriodFilter | undefined
}

const among = Schema.optionalKey(commaSeparated(Schema.String))
const integer = Schema.optionalKey(Schema.FiniteFromString.check(Schema.isInt()))

/**
 * The query string of the list, named as on the wire.
 *
 * Documented: endpoints-les-membres-du-spot. UNKNOWN: the number of the first page, and the default and maximum of
 * `limit`.
 *
 * @category schemas
 */
export const SpotMemberQuery = Schema.Struct({
  page: integer,
  limit: integer,
  "email[in]": among,
  "firstname[in]": among,
  "lastname[in]": among,
  /** With this custom role. */
  "customRoleId[eq]": Schema.optionalKey(Schema.String),
  "invitationDate[before]": integer,
  "invitationDate[after]": integer,
  "registrationDate[before]": integer,
  "registrationDate[after]": integer
})

/**
 * The query string of the list.
 *
 * @category models
 */
export interface SpotMemberQuery extends Schema.Schema.Type<typeof SpotMemberQuery> {}
