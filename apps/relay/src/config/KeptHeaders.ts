/** Tells of expressions that read headers which their source's webhooks do not keep. */
import { Mapping, type Source } from "@usher/engine"

/** A sentence for each. */
export const warnings = (sources: Iterable<Source.Source>): ReadonlyArray<string> =>
  [...sources].flatMap((source) => {
    const { rules } = source.mapping
    return rules === undefined
      ? []
      : Mapping.headersRead(rules).flatMap((reading) => warningsOf(source, reading))
  })

const warningsOf = (
  { name, keptHeaders, keepHeaders }: Source.Source,
  { field, names, isComputed }: Mapping.HeadersRead
): ReadonlyArray<string> => {
  const where = `sources.${name}.${field === "when" ? field : `invite.${field}`}`
  const dropped = names.filter((header) => !keptHeaders.includes(header))
  return [
    ...dropped.map(
      (header) =>
        `${where} reads the header ${header}, which is never kept, because this is the name of a credential or of a signature. The expression finds nothing there.`
    ),
    ...(isComputed && keepHeaders.length === 0
      ? [
          `${where} computes the name of a header, or takes all headers. Webhooks keep few headers: list those that it may read under sources.${name}.keepHeaders.`
        ]
      : [])
  ]
}
