/** How `Operations.forget` identifies a person. */
import { Schema } from "effect"

/**
 * The text identifies no person or several people. It is, for example, part of an address, a placeholder, or an id that
 * no Spot has.
 *
 * @category errors
 */
export class NotAPerson extends Schema.TaggedError<NotAPerson>()("NotAPerson", {
  /** Why the text identifies no person, or several. */
  message: Schema.String
}) {}

/**
 * How to read the text that identifies a person.
 *
 * @category options
 */
export interface ForgetOptions {
  /** Patterns of Spot member ids besides UUIDs. Each must match the whole id. Default: none. */
  readonly memberIds?: ReadonlyArray<RegExp> | undefined
}
