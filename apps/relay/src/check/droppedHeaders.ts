/** Warns of expressions that read headers which the relay does not store. */
import { Mapping, type Source } from "@usher/engine"
import { type Warning, warnIf } from "./Warning.ts"

export const droppedHeaders = (sources: Iterable<Source.Source>): ReadonlyArray<Warning> =>
  [...sources].flatMap(({ name, keptHeaders, keepHeaders, mapping: { rules } }) =>
    (rules === undefined ? [] : Mapping.headersRead(rules)).flatMap(({ field, names, isComputed }) => {
      const path = ["sources", name, ...(field === "when" ? [field] : ["invite", field])]
      return warnIf(
        names.some((header) => !keptHeaders.includes(header)),
        "dropped-header",
        path,
        "it reads a header that the relay never stores, because it is a credential or a signature. The expression finds nothing"
      ).concat(
        warnIf(
          isComputed && keepHeaders.length === 0,
          "dropped-header",
          path,
          `it computes the name of a header, or reads all headers. The relay stores few headers: list those that it may read under sources.${name}.keepHeaders`
        )
      )
    })
  )
