import { Schema } from "effect"

/**
 * An invalid scheme in the program's code. Constructors throw it, and an Effect dies with it. The message names the key and the
 * nearest known name.
 *
 * @category errors
 */
export class InvalidScheme extends Schema.TaggedError<InvalidScheme>("@usher/signatures/InvalidScheme")(
  "InvalidScheme",
  {
    /** What is wrong, where, and what to write instead. */
    message: Schema.String
  }
) {}
