import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Predicate } from "effect"
import { Ajv } from "ajv"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"
import { jsonSchema } from "../../src/config/JsonSchema.ts"

const read = (name: string) =>
  FileSystem.FileSystem.use((fs) =>
    fs.readFileString(fileURLToPath(new URL(`../../${name}`, import.meta.url)))
  ).pipe(Effect.provide(NodeServices.layer))

const validate = new Ajv({ allErrors: true, strict: false }).compile(jsonSchema)

/** What an editor would underline: where, and why. */
const underlined = (value: unknown) => {
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** Keys without a word of explanation. */
const unexplained = (node: unknown, path = ""): ReadonlyArray<string> => {
  if (!Predicate.isObject(node)) return []
  const properties = Predicate.hasProperty(node, "properties") ? Object.entries(Object(node.properties)) : []
  return [
    ...properties
      .filter(([, property]) => !Predicate.hasProperty(property, "description"))
      .map(([key]) => `${path}.${key}`),
    ...Object.entries(node).flatMap(([key, child]) => unexplained(child, `${path}.${key}`))
  ]
}

describe("the schema of the configuration file", () => {
  it.effect("that is published is the one of this version; else run `pnpm schema`", () =>
    Effect.gen(function* () {
      expect(JSON.parse(yield* read("usher.schema.json"))).toEqual(JSON.parse(JSON.stringify(jsonSchema)))
    })
  )

  it.effect("accepts the annotated example", () =>
    Effect.gen(function* () {
      expect(underlined(parse(yield* read("usher.example.yaml")))).toEqual([])
    })
  )

  it("explains every key", () => {
    expect(unexplained(jsonSchema)).toEqual([])
  })

  it("underlines what the relay would refuse", () => {
    const main = { secretKey: { env: "KEY" } }
    const form = { sender: "typeform", spot: "main", invite: { live: "live-1" } }
    expect(underlined({ $schema: "./usher.schema.json", spots: { main }, sources: { form } })).toEqual([])
    expect(underlined({ spots: { main }, sources: { form: { ...form, sender: "typefrom" } } })).toEqual([
      "/sources/form/sender must be equal to one of the allowed values"
    ])
    expect(
      underlined({ spots: { main: {}, "my spot": main }, sources: {}, server: { port: "80", prot: 1 } })
    ).toEqual(
      expect.arrayContaining([
        "/spots must NOT have additional properties",
        "/spots/main must have required property 'secretKey'",
        "/server/port must be integer",
        "/server must NOT have additional properties"
      ])
    )
  })
})
