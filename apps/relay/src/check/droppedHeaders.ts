/** Warns of expressions that read headers which their source's webhooks do not keep. */
import { Mapping, type Source } from "@usher/engine"
import { type Warning, warning } from "./Warning.ts"

export const droppedHeaders = (sources: Iterable<Source.Source>): ReadonlyArray<Warning> =>
  [...sources].flatMap((source) => {
    const { rules } = source.mapping
    return rules === undefined
      ? []
      : Mapping.headersRead(rules).flatMap((reading) => ofField(source, reading))
  })

const ofField = (
  { name, keptHeaders, keepHeaders }: Source.Source,
  { field, names, isComputed }: Mapping.HeadersRead
): ReadonlyArray<Warning> => {
  const path = ["sources", name, ...(field === "when" ? [field] : ["invite", field])]
  const reasons = [
    ...(names.some((header) => !keptHeaders.includes(header))
      ? [
          "it reads a header that the relay never stores, because it is a credential or a signature. The expression finds nothing"
        ]
      : []),
    ...(isComputed && keepHeaders.length === 0
      ? [
          `it computes the name of a header, or reads all headers. The relay stores few headers: list those that it may read under sources.${name}.keepHeaders`
        ]
      : [])
  ]
  return reasons.map((reason) => warning("dropped-header", path, reason))
}
