/** Requests that say more, or less, than the API knows are refused, and change nothing. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { HttpMethod } from "effect/http"
import { OpenApi } from "effect/http-api"
import { Api } from "@usher/admin"
import { deliver, isolated, until } from "../harness.ts"
import { ask, type Asked, bearer, relay, type Relay, tokens } from "./harness.ts"

const Document = Schema.fromJsonString(
  Schema.Struct({
    paths: Schema.Record(
      Schema.String,
      Schema.Record(
        Schema.String,
        Schema.Struct({
          parameters: Schema.Array(Schema.Struct({ in: Schema.String, name: Schema.String })),
          requestBody: Schema.optionalKey(Schema.Unknown)
        })
      )
    )
  })
)

const isMethod = Schema.is(Schema.Literals(["GET", "POST", "PUT", "PATCH", "DELETE"]))

/** Every endpoint of the document. */
const endpoints = Object.entries(
  Schema.decodeUnknownSync(Document)(JSON.stringify(OpenApi.fromApi(Api.AdminApi))).paths
).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([verb, { parameters, requestBody }]) => {
    const method = verb.toUpperCase()
    return isMethod(method)
      ? [
          {
            name: `${method} ${path}`,
            method,
            path: path.replaceAll(/\{\w+\}/g, "nothing"),
            query: parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name),
            takesBody: requestBody !== undefined
          }
        ]
      : []
  })
)

const Refusal = Schema.Struct({
  status: Schema.Literal(400),
  title: Schema.String,
  detail: Schema.String,
  errors: Schema.Array(Schema.Struct({ path: Schema.Array(Schema.String), message: Schema.String }))
})

const asOperator = { ...bearer(tokens.OPERATE_TOKEN), "content-type": "application/json" }

const asked = (url: string, options: Asked = {}) => ask(url, { headers: asOperator, ...options })

/** The problem that a request is refused with. */
const refusal = Effect.fnUntraced(function* (url: string, options: Asked) {
  const { status, headers, json } = yield* asked(url, options)
  expect([url, status, headers["content-type"]]).toEqual([url, 400, "application/problem+json"])
  return yield* Schema.decodeUnknownEffect(Refusal)(json)
})

it.live("each endpoint refuses a query parameter and a key of the body that it does not know", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    expect(endpoints.length).toBeGreaterThan(35)
    expect(endpoints.filter(({ takesBody }) => takesBody).length).toBeGreaterThan(14)
    for (const { name, method, path, query, takesBody } of endpoints) {
      const body = HttpMethod.hasBody(method) && takesBody ? { body: "{}" } : {}
      const inQuery = yield* refusal(`${url}${path}?zzzz=1`, { method, ...body })
      expect([name, inQuery.errors.map((error) => error.path)]).toEqual([name, [["query", "zzzz"]]])
      expect(inQuery.detail).toMatch(/^zzzz in the query: unknown key; /)
      if (query.length === 0) expect(inQuery.detail).toContain("takes no query parameters")

      if (method === "GET") continue
      const inBody = yield* refusal(`${url}${path}`, { method, body: '{"zzzz":1}' })
      expect([name, inBody.errors.map((error) => error.path)]).toEqual([name, [["payload", "zzzz"]]])
      expect(inBody.detail).toMatch(
        takesBody ? /^zzzz in the body: unknown key; / : /^zzzz in the body: unknown key; .* no body$/
      )
    }
  }).pipe(isolated)
)

it.live("a refusal names the nearest key, at any depth, and no more than it must", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    const post = (path: string, body: unknown) =>
      Effect.map(
        refusal(`${url}${path}`, { method: "POST", body: JSON.stringify(body) }),
        ({ detail }) => detail
      )
    expect(yield* post("/api/quarantine/discard", { id: ["qu_nope"] })).toBe(
      "id in the body: unknown key; did you mean ids?"
    )
    expect(yield* post("/api/replays/invitations", { sorce: "svix" })).toBe(
      "sorce in the body: unknown key; did you mean source?"
    )
    const rules = { live: "live-1", member: { exp: "email" } }
    expect(yield* post("/api/mapping/try", { source: "svix", rules })).toBe(
      "rules.member.exp in the body: unknown key; did you mean expr?"
    )
    const inQuery = yield* refusal(`${url}/api/quarantine?sourc=svix`, {})
    expect(inQuery.detail).toBe("sourc in the query: unknown key; did you mean source?")
    const elsewhere = yield* refusal(`${url}/api/quarantine/release?source=svix`, {
      method: "POST",
      body: '{"all":true}'
    })
    expect(elsewhere.detail).toBe(
      "source in the query: unknown key; this endpoint takes no query parameters: send it in the body"
    )
    const long = yield* post("/api/session", { ["k".repeat(10_000)]: 1 })
    expect(long.length).toBeLessThan(300)
    const { status } = yield* ask(`${url}/api/quarantine/discard?zzzz=1`, { method: "POST" })
    expect(status).toBe(401)
  }).pipe(isolated)
)

it.live("a cursor that no page gave is refused by each list", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    const lists: ReadonlyArray<readonly [path: string, cursor: string]> = [
      ["/api/audit", "wh_01K0"],
      ["/api/jobs", "wh_01K0"],
      ["/api/lives", "bm9ib2R5"],
      ["/api/quarantine", "garbage"],
      ["/api/webhooks/search", "inv_01K0"],
      ["/api/invitations/search", "wh_01K0"]
    ]
    for (const [path, after] of lists) {
      const refused = yield* path.endsWith("search")
        ? refusal(`${url}${path}`, { method: "POST", body: JSON.stringify({ after }) })
        : refusal(`${url}${path}?after=${after}`, {})
      expect([path, refused.errors.map((error) => error.path.at(-1))]).toEqual([path, ["after"]])
      expect(refused.detail).toContain("next of the previous page")
    }
  }).pipe(isolated)
)

it.live("an empty body is no body, and an empty object has no unknown key", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    for (const body of ["", "{}"]) {
      expect(yield* asked(`${url}/api/spots/main/resume`, { method: "POST", body })).toMatchObject({
        status: 200
      })
    }
    expect(yield* refusal(`${url}/api/spots/main/resume`, { method: "POST", body: "[]" })).toMatchObject({
      detail: "the body: this endpoint takes no body"
    })
  }).pipe(isolated)
)

/** A relay with something that each act would change. */
const filled = Effect.gen(function* () {
  const made = yield* relay()
  const { url, viewer } = made
  yield* deliver(url, "svix", { email: "alice@example.com" }, { id: "msg_1" })
  yield* deliver(url, "svix", { email: 5 }, { id: "msg_2" })
  const forged = yield* ask(`${url}/webhooks/token`, { method: "POST", body: '{"email":"eve@example.com"}' })
  expect(forged.status).toBe(401)
  yield* until(
    viewer.invitations.search({ payload: { status: ["invited"] } }),
    ({ items }) => items.length === 1
  )
  yield* until(
    viewer.webhooks.search({ payload: { status: ["unmappable"] } }),
    ({ items }) => items.length === 1
  )
  return made
})

/** Everything that an act could have changed. */
const contents = Effect.fnUntraced(function* ({ viewer, statuses }: Relay) {
  return {
    webhooks: (yield* viewer.webhooks.search({ payload: {} })).items,
    invitations: (yield* viewer.invitations.search({ payload: {} })).items,
    quarantine: (yield* viewer.quarantine.list({ query: {} })).items,
    statuses: yield* statuses,
    acts: (yield* viewer.audit.list({ query: {} })).items
  }
})

describe("an act", () => {
  it.live("is refused without a selection, with a blank or doubtful one, and changes nothing then", () =>
    Effect.gen(function* () {
      const made = yield* filled
      const now = yield* DateTime.now
      const past = DateTime.formatIso(DateTime.subtract(now, { hours: 1 }))
      const future = DateTime.formatIso(DateTime.add(now, { days: 400 }))
      const doubtful = [
        {},
        { all: false },
        { all: null },
        { all: "true" },
        { all: true, source: "svix" },
        { ids: [] },
        { ids: [""] },
        { ids: [" "] },
        { ids: null },
        { ids: "qu_1" },
        { source: "" },
        { source: " \t" },
        { source: null },
        { source: ["svix"] },
        []
      ]
      const inSearches = [
        ...doubtful,
        { status: [] },
        { status: null, all: true },
        { live: "" },
        { person: " " },
        { from: "", source: "svix" }
      ]
      const inWebhooks = [...inSearches, { text: " " }, { text: "", status: ["mapped"] }]
      const bodies: ReadonlyArray<readonly [path: string, ReadonlyArray<unknown>]> = [
        ["/api/quarantine/release", [...doubtful, { unverified: true }]],
        ["/api/quarantine/discard", doubtful],
        ["/api/replays/plan", inSearches],
        ["/api/replays/invitations", [...inSearches, { spot: "" }, { webhook: " " }]],
        ["/api/replays/webhooks", [...inWebhooks, { asOf: past }]],
        ["/api/replays/webhooks/plan", inWebhooks],
        ["/api/cancellations/plan", inSearches],
        ["/api/cancellations/invitations", [...inSearches, { asOf: past }, { asOf: "", all: true }]],
        ["/api/quarantine/plan", doubtful],
        [
          "/api/purge",
          [
            {},
            { before: past },
            { before: past, deliveryIds: true },
            { before: past, all: true, webhooks: ["mapped"] },
            { before: past, webhooks: [] },
            { before: past, invitations: [], webhooks: ["mapped"] },
            { before: null, all: true },
            { before: "", all: true },
            { all: true }
          ]
        ]
      ]
      const before = yield* contents(made)
      for (const [path, all] of bodies) {
        for (const body of all) {
          const text = JSON.stringify(body)
          const { status } = yield* asked(`${made.url}${path}`, { method: "POST", body: text })
          expect([path, text, status]).toEqual([path, text, 400])
        }
      }
      const wrongTimes = [
        ["/api/purge", { before: future, all: true }],
        ["/api/purge", { before: past, invitations: ["invited"], deliveryIds: true }],
        ["/api/replays/plan", { source: "svix", from: future }],
        ["/api/replays/invitations", { to: future }],
        ["/api/replays/invitations", { source: "svix", from: past, to: past }],
        ["/api/replays/webhooks", { from: future, to: future }],
        ["/api/replays/webhooks", { status: ["mapped"], to: future }]
      ] as const
      for (const [path, body] of wrongTimes) {
        const text = JSON.stringify(body)
        const { status } = yield* asked(`${made.url}${path}`, { method: "POST", body: text })
        expect([path, text, status]).toEqual([path, text, 422])
      }
      expect(yield* contents(made)).toEqual(before)
    }).pipe(isolated)
  )

  it.live("is for everything with all: true", () =>
    Effect.gen(function* () {
      const made = yield* filled
      const act = (path: string, body: unknown) =>
        asked(`${made.url}${path}`, { method: "POST", body: JSON.stringify(body) })
      expect((yield* act("/api/replays/plan", { all: true })).json).toMatchObject({ invitations: 0 })
      expect((yield* act("/api/replays/webhooks", { all: true })).text).toContain('"done":1')
      expect((yield* act("/api/quarantine/release", { all: true })).json).toMatchObject({ refused: 1 })
      expect((yield* act("/api/quarantine/discard", { all: true })).json).toMatchObject({ discarded: 1 })
      yield* until(made.statuses, ({ webhooks }) => webhooks["unmappable"] === 1)
      const before = DateTime.formatIso(yield* DateTime.now)
      expect((yield* act("/api/purge", { before, invitations: ["invited"] })).status).toBe(200)
      expect(yield* made.statuses).toMatchObject({
        invitations: {},
        webhooks: { mapped: 1, unmappable: 1 }
      })
      expect((yield* act("/api/purge", { before, all: true })).status).toBe(200)
      expect(yield* made.statuses).toMatchObject({ webhooks: { purged: 2 } })
    }).pipe(isolated)
  )
})

it.live("a query parameter that is empty, or given twice, is refused", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    const queries = [
      "/api/quarantine?source=",
      "/api/quarantine?source=%20",
      "/api/quarantine?source=a&source=b",
      "/api/quarantine?limit=",
      "/api/quarantine?limit=5&limit=500",
      "/api/quarantine?after=",
      "/api/audit?what=",
      "/api/audit?what=a&what=b",
      "/api/sessions?tokenId=",
      "/api/sessions?tokenId=a&tokenId=b",
      "/api/stats/series?bucket=day&bucket=hour&from=2026-01-01T00:00:00Z",
      "/api/stats/series?bucket=day&from=2026-01-01T00:00:00Z&source="
    ]
    for (const path of queries) yield* refusal(`${url}${path}`, {})
  }).pipe(isolated)
)
