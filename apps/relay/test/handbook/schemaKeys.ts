/** The keys of the configuration file as its JSON Schema has them, each with its default. */
import { Predicate } from "effect"
import { jsonSchema } from "../../src/config/JsonSchema.ts"

export interface Key {
  readonly isRequired: boolean
  /** What the schema says, or what it says of all keys below; undefined where it says nothing. */
  readonly usual: unknown
}

const propertiesOf = (node: unknown): ReadonlyArray<readonly [string, unknown]> =>
  Predicate.hasProperty(node, "properties") ? Object.entries(Object(node.properties)) : []

const requiredOf = (node: unknown): ReadonlyArray<unknown> =>
  Predicate.hasProperty(node, "required") && Array.isArray(node.required) ? node.required : []

/** Of a union that has one shape with keys, that shape. */
const shapeOf = (node: unknown): unknown => {
  if (!Predicate.hasProperty(node, "anyOf") || !Array.isArray(node.anyOf)) return node
  const shapes = node.anyOf.filter((part) => propertiesOf(part).length > 0)
  return shapes.length === 1 ? shapes[0] : undefined
}

const defaultOf = (node: unknown): unknown => {
  if (Predicate.hasProperty(node, "default")) return node.default
  const below = propertiesOf(shapeOf(node))
    .map(([key, child]) => [key, defaultOf(child)] as const)
    .filter(([, value]) => value !== undefined)
  return below.length === 0 ? undefined : Object.fromEntries(below)
}

/** Entries that each have a name of the operator's. */
const entryOf = (node: unknown): unknown =>
  Predicate.hasProperty(node, "patternProperties")
    ? Object.values(Object(node.patternProperties))[0]
    : undefined

const keysBelow = (node: unknown, path: string): ReadonlyArray<readonly [string, Key]> =>
  propertiesOf(node).map(([key, child]) => [
    `${path}${key}`,
    { isRequired: requiredOf(node).includes(key), usual: defaultOf(child) }
  ])

/** `server.port`, `spots.<name>.timeout`; a section without keys of its own, such as `database`, is one. */
export const keys: ReadonlyMap<string, Key> = new Map(
  keysBelow(jsonSchema, "").flatMap(([section, key]) => {
    const node = Object(propertiesOf(jsonSchema).find(([name]) => name === section)?.[1])
    const entry = entryOf(node)
    if (entry !== undefined) return keysBelow(entry, `${section}.<name>.`)
    return Predicate.hasProperty(node, "properties") ? keysBelow(node, `${section}.`) : [[section, key]]
  })
)

/** A file in which every default of these sections stands. */
export const written = (section: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...keys]
      .filter(([path, { usual }]) => path.startsWith(`${section}.`) && usual !== undefined)
      .map(([path, { usual }]) => [path.slice(path.lastIndexOf(".") + 1), usual])
  )
