/** Requests to every route of the admin API, made from its OpenAPI document, with what a route should never get. */
import { Schema } from "effect"
import { OpenApi } from "effect/http-api"
import { Access, Api } from "@usher/admin"
import { secrets } from "./everySender.ts"
import { type Chance, type Hostile, methods } from "./requests.ts"
import { headOf } from "./wire.ts"

const Operation = Schema.Struct({
  parameters: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String, in: Schema.String }))),
  requestBody: Schema.optionalKey(Schema.Unknown)
})
const Document = Schema.Struct({
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation)),
  components: Schema.Struct({ schemas: Schema.Record(Schema.String, Schema.Unknown) })
})

const document = Schema.decodeUnknownSync(Document)(JSON.parse(JSON.stringify(OpenApi.fromApi(Api.AdminApi))))

/** The names of all properties in a schema, those that it refers to as well. */
const propertiesOf = (schema: unknown, seen: ReadonlySet<string> = new Set()): ReadonlyArray<string> => {
  if (typeof schema !== "object" || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key === "properties")
      return Object.keys(Object(value)).concat(propertiesOf(Object.values(Object(value)), seen))
    const name = key === "$ref" && typeof value === "string" ? value.replace(/^.*\//, "") : undefined
    if (name === undefined) return propertiesOf(value, seen)
    return seen.has(name) ? [] : propertiesOf(document.components.schemas[name], new Set([...seen, name]))
  })
}

type Names = readonly [string, ...ReadonlyArray<string>]

interface Route {
  readonly method: string
  readonly path: string
  /** Names of query parameters and of keys of the body: its own, and some that it does not know. */
  readonly query: Names
  readonly keys: Names
}

const strangeNames = ["__proto__", "constructor", "", "limit", "ids"] as const

export const routes: ReadonlyArray<Route> = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, { parameters = [], requestBody }]) => ({
    method: verb.toUpperCase(),
    path,
    query: [
      ...strangeNames,
      ...parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name)
    ],
    keys: [...strangeNames, ...new Set(propertiesOf(requestBody))]
  }))
)

const texts = (random: Chance): string =>
  random.of([
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "501",
    "NaN",
    "null",
    "~",
    "%",
    "_",
    "'; DROP TABLE webhooks; --",
    "\u0000",
    "\ud800",
    "\u202e\ud83d\ude00",
    "__proto__",
    "..",
    "../../etc/passwd",
    "a@b.cd",
    "@",
    "main",
    "token",
    "svix",
    "wh_0",
    "qu_01",
    "hour",
    "received",
    "operate",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-13-45T99:99:99Z",
    "+275760-09-13T00:00:00.000Z",
    "99999999999999999999",
    "$[[[",
    "(",
    "<script>alert(1)</script>",
    "x".repeat(random.upTo(4_000))
  ])

const value = (random: Chance, depth = 0): unknown => {
  if (depth > 3 || random.oneIn(2)) return texts(random)
  return random.of<() => unknown>([
    () => random.upTo(1_000),
    () => -1,
    () => 0.5,
    () => 1e308,
    () => null,
    () => true,
    () => false,
    () => ({ expr: texts(random) }),
    () => Array.from({ length: random.upTo(4) }, () => value(random, depth + 1)),
    () => Array.from({ length: 501 }, () => "a"),
    () => fieldsOf(random, strangeNames, depth + 1)
  ])()
}

const fieldsOf = (random: Chance, names: Names, depth = 0) =>
  Object.fromEntries(Array.from({ length: random.upTo(5) }, () => [random.of(names), value(random, depth)]))

/** As JSON, with what JSON.stringify can't write. */
const bodyOf = (random: Chance, keys: Names): string => {
  const json = JSON.stringify(fieldsOf(random, keys))
  return random.of([
    json,
    json,
    json,
    json,
    json.replace(/\d+/, "1e999"),
    json.slice(0, random.upTo(json.length)),
    `{"__proto__":${json}}`,
    `${json.slice(0, -1)}${json.length > 2 ? "," : ""}"a":1,"a":2}`,
    "[".repeat(10_000) + "]".repeat(10_000),
    ""
  ])
}

/** The same path in another spelling. */
const spelled = (random: Chance, path: string): string =>
  random.oneIn(4)
    ? random.of([
        path.toUpperCase(),
        path.replace("a", "%61"),
        path.replaceAll("/", "//"),
        `${path}/`,
        `${path};a=b`,
        `/.${path}`,
        `/api/..${path}`,
        path.replace("/api", "/api/"),
        `${path}%00`,
        `${path}#a`,
        `http://elsewhere.example${path}`
      ])
    : path

const tokens = (random: Chance): Readonly<Record<string, string>> =>
  random.of([
    { authorization: `Bearer ${secrets.OPERATE_TOKEN}` },
    { authorization: `Bearer ${secrets.OPERATE_TOKEN}` },
    { authorization: `Bearer ${secrets.OPERATE_TOKEN}` },
    { authorization: `Bearer ${secrets.READ_TOKEN}` },
    { authorization: `Bearer ${texts(random).replaceAll(/[^\x20-\x7e]/g, "")}` },
    { cookie: "usher_session=x; usher_session=y", [Access.csrfHeader]: "1" },
    {}
  ])

/** One request, of whose path, query and body some may be right. */
export const adminRequest = (random: Chance): Hostile => {
  const { method: own, path: pattern, query, keys } = random.of(routes as [Route, ...ReadonlyArray<Route>])
  const other = methods(random)
  // Node answers no CONNECT, and no method that it does not know.
  const method = random.oneIn(6) && /^[A-Z]{3,}$/.test(other) && !/CONNECT|NONE/.test(other) ? other : own
  const encoded = () => encodeURIComponent(texts(random).toWellFormed())
  const path = spelled(
    random,
    pattern.replaceAll(/\{\w+\}/g, () => encoded() || "nothing")
  )
  const search = Array.from({ length: random.oneIn(3) ? random.upTo(4) : 0 }, () => {
    return `${encodeURIComponent(random.of(query))}=${encoded()}`
  }).join("&")
  const body = Buffer.from(method === "GET" || method === "HEAD" ? "" : bodyOf(random, keys))
  const type = random.of([
    "application/json",
    "application/json",
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    ""
  ])
  const head = headOf(
    {
      method,
      path: `${path}${search === "" ? "" : "?"}${search}`,
      headers: { ...tokens(random), ...(type === "" ? {} : { "content-type": type }) }
    },
    body.length
  )
  return { kind: `${method} ${path.slice(0, 60)} ${search.slice(0, 60)}`, pieces: [Buffer.from(head), body] }
}
