/**
 * What an act is for: some of the fields of a filter, or `all: true` alone. A request that names nothing is refused, so that
 * a misspelt or empty filter never means everything.
 */
import { Schema } from "effect"

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
   * A text to search for or to select by. A blank one names nothing.
   *
   * @category schemas
   */
  Text
} from "@usher/model/Search"

/**
 * Selects everything. Refused beside a filter.
 *
 * @category schemas
 */
export const all = Schema.optionalKey(Schema.Literal(true))

/**
 * What is wrong with a selection by these fields. Undefined where it names some of them, or everything explicitly.
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
 * The fields of a filter with `all`, and fields that change what the act does but select nothing.
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
    both: `all: true stands beside a filter: give one of the two`
  }
  return Schema.Struct({ ...others, ...fields, all }).check(
    Schema.makeFilter((selection: Readonly<Record<string, unknown>>) => {
      const wrong = wrongWith(selection, names)
      return wrong === undefined ? undefined : sentences[wrong]
    })
  )
}
