/** Comma-separated lists in a query string. */
import { Schema, SchemaTransformation } from "effect"

/** "In a specified list of values (comma-separated)". */
export const commaSeparated = <A extends string>(value: Schema.Codec<A, string>) =>
  Schema.String.pipe(
    Schema.decodeTo(
      Schema.Array(value),
      SchemaTransformation.transform({
        decode: (text: string): ReadonlyArray<string> => (text === "" ? [] : text.split(",")),
        encode: (values: ReadonlyArray<string>) => values.join(",")
      })
    )
  )
