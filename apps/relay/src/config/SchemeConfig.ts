/** Signature schemes in the configuration and in flags. The tolerance follows the grammar of durations. */
import { Array as Arr, Option, Schema, SchemaTransformation } from "effect"
import { Scheme } from "@usher/signatures"
import * as DurationText from "./DurationText.ts"

/** Normalizes the tolerance. The scheme refuses a text that is not a duration. */
const spelledOut = <S extends { readonly tolerance?: string }>(scheme: S) =>
  scheme.tolerance === undefined
    ? scheme
    : {
        ...scheme,
        tolerance: Option.getOrElse(DurationText.spelledOut(scheme.tolerance), () => scheme.tolerance)
      }

const inWords = (scheme: typeof Scheme.Scheme.Encoded): typeof Scheme.Scheme.Encoded => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
    case "standard-webhooks":
      return spelledOut(scheme)
    case "by-header":
      return {
        ...scheme,
        choices: Arr.map(scheme.choices, (choice) => ({ ...choice, use: spelledOut(choice.use) }))
      }
    default:
      return scheme
  }
}

export const SchemeConfig = Schema.toEncoded(Scheme.Scheme).pipe(
  Schema.decodeTo(
    Scheme.Scheme,
    SchemaTransformation.transform({ decode: inWords, encode: (scheme) => scheme })
  )
)
