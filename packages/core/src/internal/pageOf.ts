/** One page of a list: `{ items, total }`, both required by the reference. */
import { Schema } from "effect"

export const pageOf = <S extends Schema.Constraint>(item: S) =>
  Schema.Struct({
    /** Of this page. */
    items: Schema.Array(item),
    /** How many there are on all pages together. */
    total: Schema.Int
  })
