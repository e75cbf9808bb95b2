import { Schema } from "effect"

/**
 * A scheme that the program gave and that means nothing. It is a mistake in the program's text, so constructors throw it, and
 * an Effect dies with it. The message names the key and the nearest known name.
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
