/** Schemas of documented values that also accept undocumented ones, so that a new value of the upstream does not fail. */
import { Schema } from "effect"

/** Keeps the completion of documented values in editors. */
export const openEnum = <const Known extends ReadonlyArray<string>>(known: Known) =>
  Schema.Union([
    Schema.Literals(known),
    Schema.String.pipe(
      Schema.refine((value): value is string & {} => !known.includes(value), {
        expected: "a value that is not documented yet"
      })
    )
  ])
