/**
 * Selections: at least one field of a filter, or `all: true` alone. An empty selection is refused, so that a misspelled or
 * empty filter never selects everything.
 */
import { Schema } from "effect"
import { Time } from "@usher/model/Time"

export {
  /**
   * At least one id, at most 500.
   *
   * @category schemas
   */
  Ids,
  /**
   * At least one of these statuses.
   *
   * @category schemas
   */
  someOf,
  /**
   * A text to search for or to select by. Not blank.
   *
   * @category schemas
   */
  Text
} from "@usher/model/Search"

/**
 * Selects everything. Refused in combination with a filter.
 *
 * @category schemas
 */
export const all = Schema.optionalKey(Schema.Literal(true))

/**
 * Limits a selection to the items of a plan.
 *
 * @category schemas
 */
export const pin = {
  /** The `asOf` of the plan: leaves out the items that came to match at this time or later. Default: none. */
  asOf: Schema.optionalKey(Time)
}

/**
 * The mistake in a selection by these fields. Undefined if it has at least one of them, or `all: true` alone.
 *
 * @category guards
 */
export const wrongWith = (
  selection: Readonly<Record<string, unknown>>,
  fields: ReadonlyArray<string>
): "nothing" | "both" | undefined => {
  const isFiltered = fields.some((name) => selection[name] !== undefined)
  if (isFiltered) return selection["all"] === undefined ? undefined : "both"
  return selection["all"] === true ? undefined : "nothing"
}

/**
 * A schema with the fields of a filter, `all`, and other fields that select nothing.
 *
 * @category schemas
 */
export const make = <const Fields extends Schema.Struct.Fields, const Others extends Schema.Struct.Fields>(
  fields: Fields,
  others: Others
) => {
  const names = Object.keys(fields)
  const sentences = {
    nothing: `Nothing is selected: give ${names.join(", ")} or all: true`,
    both: `all: true is combined with a filter: give one of the two`
  }
  return Schema.Struct({ ...others, ...fields, all }).check(
    Schema.makeFilter((selection: Readonly<Record<string, unknown>>) => {
      const wrong = wrongWith(selection, names)
      return wrong === undefined ? undefined : sentences[wrong]
    })
  )
}
