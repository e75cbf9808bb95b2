/**
 * Keyset pages, newest first. New items do not shift the following pages.
 */
import { Schema } from "effect"

/**
 * The largest `limit`.
 *
 * @category constants
 */
export const maxLimit = 500

/**
 * The maximum number of items on a page. Default: 50.
 *
 * @category schemas
 */
export const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxLimit }))

/**
 * The fields of a request that select a page.
 *
 * @category schemas
 */
export const options = {
  limit: Schema.optionalKey(Limit),
  /** `next` of the previous page. */
  after: Schema.optionalKey(Schema.NonEmptyString)
}

/**
 * The default of `limit`.
 *
 * @category constants
 */
export const defaultLimit = 50

/**
 * A page of items.
 *
 * @category schemas
 */
export const of = <S extends Schema.Top>(item: S) =>
  Schema.Struct({
    items: Schema.Array(item),
    /** The cursor of the next page. Null on the last page. */
    next: Schema.NullOr(Schema.String)
  })

/**
 * A time on the wire: ISO 8601 with its zone. The relay writes UTC.
 *
 * @category schemas
 */
export { Time } from "@usher/model/Time"
