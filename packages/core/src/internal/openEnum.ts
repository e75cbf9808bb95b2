/** The documented values of a field, and room for new ones: a new word from the upstream fails no decoding. */
import { Schema } from "effect"

/** Keeps completion for the documented values. An undocumented value passes as it is. */
export const openEnum = <const Known extends ReadonlyArray<string>>(known: Known) =>
  Schema.Union([
    Schema.Literals(known),
    Schema.String.pipe(
      Schema.refine((value): value is string & {} => !known.includes(value), {
        expected: "a value that is not documented yet"
      })
    )
  ])
