/**
 * Which person `Operations.forget` forgets, and what goes with them.
 */
import { Schema } from "effect"

/**
 * The text names nobody who can be forgotten, or several people: a part of an address, a placeholder, an id that no Spot has.
 *
 * @category errors
 */
export class NotAPerson extends Schema.TaggedError<NotAPerson>()("NotAPerson", {
  /** Why the text names nobody, or several people. */
  message: Schema.String
}) {}

/**
 * How the text that names a person is read.
 *
 * @category options
 */
export interface ForgetOptions {
  /** Patterns of Spot member ids besides UUIDs, each matched against the whole id. Default: none. */
  readonly memberIds?: ReadonlyArray<RegExp> | undefined
}
