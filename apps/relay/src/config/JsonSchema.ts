/**
 * The JSON Schema of the configuration file, in draft-07, which most editors support for completion and checks.
 */
import { JsonSchema, Predicate, Schema } from "effect"
import { Config } from "./ConfigSchema.ts"

const { schema, definitions } = JsonSchema.toDocumentDraft07(
  Schema.toJsonSchemaDocument(Config, { onExcessProperty: "error" })
)

/** Keywords that describe a value and restrict nothing. */
const annotations = new Set(["title", "description", "default", "examples"])

/** Moves descriptions out of the `allOf` of effect, because editors expect them beside the type. */
const beside = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(beside)
  if (!Predicate.isObject(node)) return node
  const { allOf, ...rest } = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, beside(value)])
  )
  if (!Array.isArray(allOf)) return { ...rest }
  const [notes, checks] = [allOf.filter(onlyAnnotates), allOf.filter((part) => !onlyAnnotates(part))]
  return Object.assign({}, rest, checks.length > 0 ? { allOf: checks } : {}, ...notes)
}

const onlyAnnotates = (part: unknown) =>
  Predicate.isObject(part) && Object.keys(part).every((key) => annotations.has(key))

export const jsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Usher's configuration file",
  ...Object(beside(schema)),
  definitions: beside(definitions)
}
