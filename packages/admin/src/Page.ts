/**
 * Keyset pages, newest first. New items do not shift the following pages.
 */
import { Option, Schema } from "effect"
import { Time } from "@usher/model/Time"

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

const expected = "next of the previous page"

/**
 * The cursor of pages whose items have ids with this prefix, such as `wh`.
 *
 * @category schemas
 */
export const idCursor = (prefix: string) =>
  Schema.String.check(Schema.isPattern(new RegExp(`^${prefix}_[0-9A-Za-z]{1,64}$`), { expected }))

/**
 * The cursor of pages that encode their position with this schema.
 *
 * @category schemas
 */
export const cursorOf = <A>(position: Schema.Codec<A, string>) => {
  const decode = Schema.decodeOption(position)
  return Schema.String.check(
    Schema.makeFilter((cursor: string) =>
      Option.isSome(decode(cursor)) ? undefined : `Expected ${expected}`
    )
  )
}

/**
 * The fields of a request that select a page.
 *
 * @category schemas
 */
export const options = <Cursor extends Schema.Top>(cursor: Cursor) => ({
  limit: Schema.optionalKey(Limit),
  /** `next` of the previous page. */
  after: Schema.optionalKey(cursor)
})

/**
 * The default of `limit`.
 *
 * @category constants
 */
export const defaultLimit = 50

/**
 * A page of items. A search that takes long answers with what it has found: then `searchedTo` is present, and the page may
 * have fewer items than `limit`, or none, although there are more.
 *
 * @category schemas
 */
export const of = <S extends Schema.Top>(item: S) =>
  Schema.Struct({
    items: Schema.Array(item),
    /** The cursor of the next page. Null on the last page. */
    next: Schema.NullOr(Schema.String),
    /** Present if the search is not finished. It has read everything since this time; `next` continues it. */
    searchedTo: Schema.optionalKey(Time)
  })

export {
  /**
   * A time on the wire: ISO 8601 with its zone. The relay writes UTC.
   *
   * @category schemas
   */
  Time
} from "@usher/model/Time"
