/** One page of a list: `{ items, total }`, both required by the reference. */
import { Schema } from "effect"

export const pageOf = <S extends Schema.Constraint>(item: S) =>
  Schema.Struct({
    /** The elements of this page. */
    items: Schema.Array(item),
    /** The number of elements on all pages. */
    total: Schema.Int
  })
