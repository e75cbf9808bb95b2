/**
 * The configuration file as a JSON Schema, in the draft that editors know best (draft-07), so that they complete,
 * explain and check it.
 */
import { JsonSchema, Predicate, Schema } from "effect"
import { Config } from "./ConfigSchema.ts"

const { schema, definitions } = JsonSchema.toDocumentDraft07(
  Schema.toJsonSchemaDocument(Config, { onExcessProperty: "error" })
)

/** What says something to a reader, and restricts nothing. */
const annotations = new Set(["title", "description", "default", "examples"])

/** Editors look for a key's description beside its type: there it is put, out of the `allOf` that effect writes. */
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
