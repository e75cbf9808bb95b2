/**
 * Pages by key: newest first, and what comes in meanwhile moves nothing from one page to another.
 */
import { Schema } from "effect"

/**
 * How many, 50 unless it is said.
 *
 * @category schemas
 */
export const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 500 }))

/**
 * Which page, as fields of a request.
 *
 * @category schemas
 */
export const options = {
  limit: Schema.optionalKey(Limit),
  /** `next` of the page before. */
  after: Schema.optionalKey(Schema.NonEmptyString)
}

/**
 * The items on a page that names no `limit`.
 *
 * @category constants
 */
export const defaultLimit = 50

/**
 * A page of such items.
 *
 * @category schemas
 */
export const of = <S extends Schema.Top>(item: S) =>
  Schema.Struct({
    items: Schema.Array(item),
    /** The cursor of the next page; null at the end. */
    next: Schema.NullOr(Schema.String)
  })

/**
 * A time on the wire: ISO 8601 with its zone. The relay writes UTC.
 *
 * @category schemas
 */
export { Time } from "@usher/model/Time"
