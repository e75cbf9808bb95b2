/**
 * Filters the list of Spot members.
 *
 * Source: https://help.meltingspot.io/manage-spot/integrations/api/endpoints-les-membres-du-spot, whose filters are
 * query parameters by the LHS bracket method: `email[in]=john.doe@gmail.com`.
 */
import { type DateTime, Schema } from "effect"
import { commaSeparated } from "./internal/commaSeparated.ts"

/**
 * A condition on one of several values.
 *
 * @category models
 */
export interface AmongFilter {
  /** One of these. An empty array matches nobody: the list is empty, without a call. */
  readonly in?: ReadonlyArray<string> | undefined
}

/**
 * A period. All given bounds apply.
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
 * Filters members: a member has to match every field.
 *
 * Documented: endpoints-les-membres-du-spot. UNKNOWN: whether case matters, and the maximum number of values of `in`.
 *
 * @category models
 */
export interface SpotMemberFilter {
  /** By address. Personal data: it is part of the URL of the call, and of no span, log or error of this package. */
  readonly email?: AmongFilter | undefined
  /** By first name. A name with a comma is not supported. */
  readonly firstname?: AmongFilter | undefined
  /** By last name. A name with a comma is not supported. */
  readonly lastname?: AmongFilter | undefined
  /** By custom role. */
  readonly customRoleId?: { readonly eq?: string | undefined } | undefined
  /** By invitation to the Spot. `timestampUnit` of the list sets how the time is written. */
  readonly invitationDate?: PeriodFilter | undefined
  /** By registration. `timestampUnit` of the list sets how the time is written. */
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
