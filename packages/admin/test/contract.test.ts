import { describe, expect, it } from "@effect/vitest"
import { Context, Schema } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import { Validator } from "@seriousme/openapi-schema-validator"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { Access, Api } from "../src/index.ts"

interface Endpoint {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly annotations: Context.Context<never>
  readonly isGuarded: boolean
}

const endpoints: Array<Endpoint> = []
HttpApi.reflect(Api.AdminApi, {
  onGroup: () => {},
  onEndpoint: ({ group, endpoint, middleware }) => {
    endpoints.push({
      name: `${group.identifier}.${endpoint.identifier}`,
      method: endpoint.method,
      path: endpoint.path,
      annotations: endpoint.annotations,
      isGuarded: [...middleware].some(({ key }) => key === Access.Authorization.key)
    })
  }
})

const Operation = Schema.Struct({
  operationId: Schema.String,
  parameters: Schema.Array(Schema.Struct({ name: Schema.String })),
  responses: Schema.Record(
    Schema.String,
    Schema.Struct({ content: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)) })
  )
})

const document = Schema.decodeUnknownSync(
  Schema.Struct({ paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation)) })
)(OpenApi.fromApi(Api.AdminApi))

const operations = Object.values(document.paths).flatMap((item) => Object.values(item))

describe("the contract", () => {
  it("is a valid OpenAPI document", async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(OpenApi.fromApi(Api.AdminApi))))
    expect(result.errors).toBeUndefined()
    expect(result.valid).toBe(true)
  })

  it("stands under /api, asks for a token everywhere but at the door, and says what each endpoint does", () => {
    expect(endpoints.length).toBeGreaterThan(30)
    expect(endpoints.filter(({ path }) => !path.startsWith("/api/"))).toEqual([])
    expect(endpoints.filter(({ isGuarded }) => !isGuarded).map(({ name }) => name)).toEqual([
      "session.signIn"
    ])
    expect(
      endpoints.filter(({ annotations }) => Context.getOption(annotations, OpenApi.Summary)._tag === "None")
    ).toEqual([])
  })

  it("has no address in a path or in a query", () => {
    const names = operations.flatMap(({ parameters }) => parameters.map(({ name }) => name))
    expect(new Set(names)).toEqual(
      new Set(
        ["id", "tokenId", "name", "bucket", "from", "to", "source", "what", "limit", "after"].concat([
          "liveId",
          "spot",
          "which",
          "format"
        ])
      )
    )
  })

  it("answers every error with problem details", () => {
    const errors = operations.flatMap(({ operationId, responses }) =>
      Object.entries(responses)
        .filter(([status]) => Number(status) >= 400)
        .map(([status, { content = {} }]) => `${operationId} ${status} ${Object.keys(content).join()}`)
    )
    expect(errors.length).toBeGreaterThan(100)
    expect(errors.filter((error) => !error.endsWith(" application/problem+json"))).toEqual([])
  })

  it("goes into a browser's bundle, with nothing of Node in it", async () => {
    const asked: Array<string> = []
    const bundle = await rolldown({
      input: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
      platform: "browser",
      onLog: () => {},
      external: (id) => {
        if (!id.startsWith("node:")) return false
        asked.push(id)
        return true
      }
    })
    const { output } = await bundle.generate({ format: "esm" })
    expect(asked).toEqual([])
    expect(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.imports : []))).toEqual([])
  })
})
