/**
 * Filters the list of Lives.
 *
 * Source: https://help-api.meltingspot.io/operation/operation-listlives, whose filters are query parameters by the LHS
 * bracket method: `title[contains]=launch`.
 */
import { type DateTime, Schema } from "effect"
import { commaSeparated } from "./internal/commaSeparated.ts"
import { BuiltInType, LiveSolution, LiveStatus } from "./Live.ts"
import type { ChoiceFilter, TextFilter } from "./ParticipantFilter.ts"

interface Bounds<A> {
  /** Below this value. */
  readonly lt?: A | undefined
  /** Equal to or below this value. */
  readonly lte?: A | undefined
  /** Above this value. */
  readonly gt?: A | undefined
  /** Equal to or above this value. */
  readonly gte?: A | undefined
  /** Equal to this value. */
  readonly eq?: A | undefined
}

/**
 * Bounds of a date. All given bounds apply.
 *
 * @category models
 */
export interface DateFilter extends Bounds<DateTime.DateTime> {}

/**
 * Bounds of a number. All given bounds apply.
 *
 * @category models
 */
export interface NumberFilter extends Bounds<number> {}

/**
 * Filters Lives: a Live has to match every field.
 *
 * Documented: operation-listlives. UNKNOWN: whether titles are case-sensitive, and the unit of `averageViewTime`.
 *
 * @category models
 */
export interface LiveFilter {
  /** By title. */
  readonly title?: TextFilter | undefined
  /** By status. */
  readonly status?: { readonly eq?: LiveStatus | undefined } | undefined
  /** By start. `timestampUnit` of the list sets how the time is written. */
  readonly startDate?: DateFilter | undefined
  /** By player. */
  readonly solution?: ChoiceFilter<LiveSolution> | undefined
  /** By kind. */
  readonly builtInType?: ChoiceFilter<BuiltInType> | undefined
  /** By replay. The reference says `string`; its values are UNKNOWN. */
  readonly replay?: { readonly eq?: string | undefined } | undefined
  /** By average view time. */
  readonly averageViewTime?: NumberFilter | undefined
  /** By the number of invited people. */
  readonly invited?: NumberFilter | undefined
  /** By the number of registered people. */
  readonly registrant?: NumberFilter | undefined
}

const text = Schema.optionalKey(Schema.String)
const integer = Schema.optionalKey(Schema.FiniteFromString.check(Schema.isInt()))

/**
 * The query string of the list, named as on the wire.
 *
 * Documented: operation-listlives. UNKNOWN: the names of the metrics besides `averageViewTime`, `invited` and
 * `registrant`, the number of the first page, and the default and maximum of `limit`.
 *
 * @category schemas
 */
export const LiveQuery = Schema.Struct({
  page: integer,
  limit: integer,
  "title[eq]": text,
  "title[contains]": text,
  /** Of this status. */
  "status[eq]": Schema.optionalKey(LiveStatus),
  "startDate[lt]": integer,
  "startDate[lte]": integer,
  "startDate[gt]": integer,
  "startDate[gte]": integer,
  "startDate[eq]": integer,
  /** Held with this solution. */
  "solution[eq]": Schema.optionalKey(LiveSolution),
  /** Held with one of these solutions. */
  "solution[in]": Schema.optionalKey(commaSeparated(LiveSolution)),
  /** Of this built-in type. */
  "builtInType[eq]": Schema.optionalKey(BuiltInType),
  /** Of one of these built-in types. */
  "builtInType[in]": Schema.optionalKey(commaSeparated(BuiltInType)),
  "replay[eq]": text,
  "averageViewTime[lt]": integer,
  "averageViewTime[lte]": integer,
  "averageViewTime[gt]": integer,
  "averageViewTime[gte]": integer,
  "averageViewTime[eq]": integer,
  "invited[lt]": integer,
  "invited[lte]": integer,
  "invited[gt]": integer,
  "invited[gte]": integer,
  "invited[eq]": integer,
  "registrant[lt]": integer,
  "registrant[lte]": integer,
  "registrant[gt]": integer,
  "registrant[gte]": integer,
  "registrant[eq]": integer
})

/**
 * The query string of the list.
 *
 * @category models
 */
export interface LiveQuery extends Schema.Schema.Type<typeof LiveQuery> {}
