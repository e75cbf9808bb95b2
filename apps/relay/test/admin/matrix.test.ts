import { expect, it } from "@effect/vitest"
import { DateTime, Effect, Option, Schema } from "effect"
import { Cookies, HttpBody, HttpClient, HttpClientRequest, type HttpMethod } from "effect/http"
import { OpenApi } from "effect/http-api"
import { Access, Api } from "@usher/admin"
import { isolated } from "../harness.ts"
import { ask, relay, tokens } from "./harness.ts"

/** Everything but GET asks for `operate`, apart from these, which look and change nothing or only the caller's session. */
const reading = [
  "POST /api/webhooks/search",
  "POST /api/invitations/search",
  "POST /api/people/why",
  "POST /api/search",
  "POST /api/replays/plan",
  "POST /api/replays/webhooks/plan",
  "POST /api/cancellations/plan",
  "POST /api/quarantine/plan",
  "POST /api/purge/plan",
  "POST /api/mapping/try",
  "DELETE /api/session"
]

const Document = Schema.Struct({
  paths: Schema.Record(
    Schema.String,
    Schema.Record(
      Schema.String,
      Schema.Struct({ security: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)) })
    )
  )
})

interface Route {
  readonly name: string
  readonly method: HttpMethod.HttpMethod
  readonly path: string
}

const methods: Readonly<Record<string, HttpMethod.HttpMethod>> = {
  get: "GET",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE"
}

const documented = Object.entries(
  Schema.decodeUnknownSync(Document)(JSON.parse(JSON.stringify(OpenApi.fromApi(Api.AdminApi)))).paths
).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, { security }]) => {
    const method = methods[verb] ?? "GET"
    const name = `${method} ${path}`
    return { name, method, path: path.replaceAll(/\{\w+\}/g, "nothing"), isOpen: security.length === 0 }
  })
)

const guarded = documented.filter(({ isOpen }) => !isOpen)

/** Of a client of its own, so that no failure counts against the next one. */
let clients = 0

/** The answer's status alone: a stream of events has no end. */
const statusOf = Effect.fnUntraced(function* (
  url: string,
  { method, path }: Route,
  headers: Readonly<Record<string, string>>
) {
  const request = HttpClientRequest.make(method)(`${url}${path}`, {
    headers: {
      "x-forwarded-for": `10.0.${Math.trunc(clients / 250)}.${clients++ % 250}`,
      [Access.csrfHeader]: "1",
      ...headers
    },
    // Nothing that an endpoint accepts, so that nothing is changed.
    ...(method === "GET" || method === "DELETE" ? {} : { body: HttpBody.text("[]", "application/json") })
  })
  return yield* HttpClient.execute(request).pipe(
    Effect.map(({ status }) => status),
    Effect.scoped
  )
})

const isLetIn = (status: number) => status !== 401 && status !== 403 && status !== 429

const signIn = Effect.fnUntraced(function* (url: string, token: string) {
  const { cookies } = yield* ask(`${url}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token })
  })
  return { cookie: `usher_session=${Option.getOrThrow(Cookies.getValue(cookies, "usher_session"))}` }
})

it("all endpoints but the sign-in ask for a token or a session", () => {
  expect(documented.length).toBeGreaterThan(35)
  expect(documented.filter(({ isOpen }) => isOpen).map(({ name }) => name)).toEqual(["POST /api/session"])
  const names = new Set(documented.map(({ name }) => name))
  expect(reading.filter((name) => !names.has(name))).toEqual([])
})

it.live("each endpoint lets in exactly those that it is for", () =>
  Effect.gen(function* () {
    const { url, operator, sql } = yield* relay(
      undefined,
      {},
      { server: "{ port: 0, trustedProxies: [127.0.0.1] }" }
    )
    const create = (name: string) => operator.tokens.create({ payload: { name, scope: "operate" } })
    const expired = yield* create("expired")
    const revoked = yield* create("revoked")
    const parent = yield* create("parent")
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
    const past = DateTime.toEpochMillis(yield* DateTime.now) - 1
    yield* sql`UPDATE tokens SET expires_at = ${past} WHERE id = ${expired.token.id}`
    yield* operator.tokens.revoke({ params: { id: revoked.token.id } })
    const callers = {
      none: {},
      read: bearer(tokens.READ_TOKEN),
      operate: bearer(tokens.OPERATE_TOKEN),
      expired: bearer(expired.secret),
      revoked: bearer(revoked.secret)
    }
    const seen: Record<string, unknown> = {}
    const wanted: Record<string, unknown> = {}
    for (const route of guarded) {
      const isReading = route.method === "GET" || reading.includes(route.name)
      const answers: Record<string, unknown> = {}
      for (const [caller, headers] of Object.entries(callers)) {
        const status = yield* statusOf(url, route, headers)
        answers[caller] = isLetIn(status) ? "in" : status
      }
      seen[route.name] = answers
      wanted[route.name] = {
        none: 401,
        read: isReading ? "in" : 403,
        operate: "in",
        expired: 401,
        revoked: 401
      }
    }
    expect(seen).toEqual(wanted)

    const withSession = Effect.fnUntraced(function* (cookie: { readonly cookie: string }) {
      const found: Array<string> = []
      for (const route of guarded) {
        const status = yield* statusOf(url, route, cookie)
        found.push(`${route.name}: ${isLetIn(status) ? "in" : status}`)
      }
      return found
    })
    // Not earlier: DELETE /api/sessions ends all other sessions.
    const session = yield* signIn(url, parent.secret)
    // DELETE /api/session, which comes last, ends it.
    const order = guarded.map(({ name }) => name)
    expect(yield* withSession(session)).toEqual(
      order.map(
        (name) => `${name}: ${order.indexOf(name) > order.indexOf("DELETE /api/session") ? 401 : "in"}`
      )
    )
    const ended = yield* signIn(url, parent.secret)
    yield* operator.tokens.revoke({ params: { id: parent.token.id } })
    expect(yield* withSession(ended)).toEqual(order.map((name) => `${name}: 401`))
  }).pipe(isolated)
)
