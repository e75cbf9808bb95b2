import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Cookies } from "effect/http"
import { HttpApi } from "effect/http-api"
import { Access, Api } from "@usher/admin"
import * as AdminServer from "@usher/admin/AdminServer"
import { Validator } from "@seriousme/openapi-schema-validator"
import { required } from "../../../../packages/admin/src/internal/server/Authorization.ts"
import { isolated } from "../harness.ts"
import { ask, bearer, client, relay, tokens } from "./harness.ts"

const json = { "content-type": "application/json" }
const problem = "application/problem+json"

describe("who may", () => {
  it.live("nobody without a token, nobody with a wrong one, and each is told so", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const silent = yield* ask(`${url}/api/audit`)
      expect(silent).toMatchObject({ status: 401, json: { type: "urn:usher:problem:unauthorized" } })
      expect(silent.headers["content-type"]).toBe(problem)
      expect(silent.headers["www-authenticate"]).toBe('Bearer realm="usher"')
      expect((yield* ask(`${url}/api/audit`, { headers: bearer("wrong") })).status).toBe(401)
      const almost = tokens.OPERATE_TOKEN.replace(/.$/, "x")
      expect((yield* ask(`${url}/api/audit`, { headers: bearer(almost) })).status).toBe(401)
      expect(
        (yield* ask(`${url}/api/audit`, { headers: { authorization: "Basic b3BzOm9wcw==" } })).status
      ).toBe(401)
      expect((yield* ask(`${url}/api/audit`, { headers: bearer(tokens.OPERATE_TOKEN) })).status).toBe(200)
    }).pipe(isolated)
  )

  it.live("who may only read is refused every change, and by every endpoint that changes something", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const changes: Array<readonly [method: "POST" | "DELETE", path: string]> = []
      HttpApi.reflect(Api.AdminApi, {
        onGroup: () => {},
        onEndpoint: ({ endpoint, middleware }) => {
          const isGuarded = [...middleware].some(({ key }) => key === Access.Authorization.key)
          if (!isGuarded || required(endpoint) === "read") return
          changes.push([endpoint.method === "DELETE" ? "DELETE" : "POST", endpoint.path.replace(/:\w+/, "x")])
        }
      })
      expect(changes.length).toBeGreaterThan(10)
      const answers = yield* Effect.forEach(changes, ([method, path]) =>
        Effect.map(
          ask(`${url}${path}`, { method, headers: { ...bearer(tokens.READ_TOKEN), ...json }, body: "{}" }),
          ({ status, json }) => `${path} ${status} ${Object(json).type}`
        )
      )
      expect(answers).toEqual(changes.map(([, path]) => `${path} 403 urn:usher:problem:forbidden`))
    }).pipe(isolated)
  )

  it.live("a token that was created works until it is revoked, and its secret is not listed", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const made = yield* operator.tokens.create({ payload: { name: "deploy bot", scope: "read" } })
      const bot = yield* client(url, made.secret)
      expect(yield* bot.session.whoami()).toEqual({ name: "deploy bot", scope: "read", via: "token" })
      expect(
        yield* Effect.flip(operator.tokens.create({ payload: { name: "deploy bot", scope: "read" } }))
      ).toMatchObject({
        _tag: "Conflict",
        detail: expect.stringContaining("deploy bot")
      })
      const [listed] = yield* operator.tokens.list()
      expect(listed).toMatchObject({ id: made.token.id, name: "deploy bot", lastUsedAt: expect.anything() })
      expect(JSON.stringify(listed)).not.toContain(made.secret.slice(-20))
      yield* operator.tokens.revoke({ params: { id: made.token.id } })
      expect(yield* Effect.flip(bot.session.whoami())).toMatchObject({ _tag: "Unauthorized" })
      expect(yield* Effect.flip(operator.tokens.revoke({ params: { id: made.token.id } }))).toMatchObject({
        _tag: "NotFound"
      })
    }).pipe(isolated)
  )

  it.live("failed sign-ins are bounded, and who has a right token is not kept out by them", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const attempt = ask(`${url}/api/session`, { method: "POST", headers: json, body: '{"token":"guess"}' })
      const answers = yield* Effect.replicateEffect(attempt, 12)
      expect(answers.map(({ status }) => status)).toEqual([
        ...Array.from({ length: 10 }, () => 401),
        429,
        429
      ])
      expect(answers.at(-1)).toMatchObject({ json: { retryAfter: expect.any(Number) } })
      expect(answers.at(-1)?.headers["content-type"]).toBe(problem)
      expect((yield* operator.session.whoami()).name).toBe("ops")
    }).pipe(isolated)
  )
})

describe("the page's session", () => {
  const signIn = Effect.fnUntraced(function* (url: string) {
    const body = JSON.stringify({ token: tokens.OPERATE_TOKEN })
    const answer = yield* ask(`${url}/api/session`, { method: "POST", headers: json, body })
    const cookie = Option.getOrThrow(Cookies.get(answer.cookies, "usher_session"))
    return { answer, cookie, headers: { cookie: `usher_session=${cookie.value}` } }
  })

  it.live("is a cookie that no script reads and no other site makes a browser send", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { answer, cookie, headers } = yield* signIn(url)
      expect(answer).toMatchObject({ status: 200, json: { name: "ops", scope: "operate", via: "session" } })
      expect(answer.text).not.toContain(cookie.value)
      expect(cookie.options).toMatchObject({ httpOnly: true, sameSite: "strict", path: "/api" })
      expect(yield* ask(`${url}/api/session`, { headers })).toMatchObject({
        status: 200,
        json: { name: "ops" }
      })
      const both = { ...headers, authorization: "Basic b3BzOm9wcw==" }
      expect((yield* ask(`${url}/api/session`, { headers: both })).status).toBe(401)
      // The session is no token, and the token is no session.
      expect((yield* ask(`${url}/api/session`, { headers: bearer(cookie.value) })).status).toBe(401)
      const wrong = { cookie: `usher_session=${tokens.OPERATE_TOKEN}` }
      expect((yield* ask(`${url}/api/session`, { headers: wrong })).status).toBe(401)
    }).pipe(isolated)
  )

  it.live("changes nothing without the header that another site can't send", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { headers } = yield* signIn(url)
      const create = (more: Readonly<Record<string, string>>) =>
        ask(`${url}/api/tokens`, {
          method: "POST",
          headers: { ...headers, ...json, ...more },
          body: '{"name":"forged","scope":"operate"}'
        })
      expect(yield* create({})).toMatchObject({
        status: 403,
        json: { detail: expect.stringContaining(Access.csrfHeader) }
      })
      expect(yield* operator.tokens.list()).toEqual([])
      expect((yield* create({ [Access.csrfHeader]: "1" })).status).toBe(200)
    }).pipe(isolated)
  )

  it.live("ends when its owner signs out, and when its token is revoked", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { headers } = yield* signIn(url)
      const out = yield* ask(`${url}/api/session`, {
        method: "DELETE",
        headers: { ...headers, [Access.csrfHeader]: "1" }
      })
      expect(out.status).toBe(204)
      expect(Option.getOrThrow(Cookies.get(out.cookies, "usher_session")).value).toBe("")
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(401)

      const { secret, token } = yield* operator.tokens.create({ payload: { name: "page", scope: "read" } })
      const begun = yield* ask(`${url}/api/session`, {
        method: "POST",
        headers: json,
        body: JSON.stringify({ token: secret })
      })
      const cookie = Option.getOrThrow(Cookies.getValue(begun.cookies, "usher_session"))
      yield* operator.tokens.revoke({ params: { id: token.id } })
      expect(
        (yield* ask(`${url}/api/session`, { headers: { cookie: `usher_session=${cookie}` } })).status
      ).toBe(401)
    }).pipe(isolated)
  )
})

describe("everything that can't be answered is a problem", () => {
  it.live.each([
    ["no such endpoint", 404, "/api/nothing", "GET", undefined, json],
    ["no such webhook", 404, "/api/webhooks/wh_0", "GET", undefined, json],
    ["another method", 405, "/api/people/why", "GET", undefined, json],
    ["no JSON", 400, "/api/webhooks/search", "POST", "{", json],
    ["a wrong field", 400, "/api/webhooks/search", "POST", '{"limit":0}', json],
    ["a wrong time", 400, "/api/webhooks/search", "POST", '{"from":"soon"}', json],
    ["another type", 415, "/api/webhooks/search", "POST", "a=b", { "content-type": "text/plain" }]
  ] as const)("%s: %i", ([, status, path, method, body, headers]) =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const answer = yield* ask(`${url}${path}`, {
        method,
        headers: { ...bearer(tokens.OPERATE_TOKEN), ...headers },
        ...(body === undefined ? {} : { body })
      })
      expect(answer.status).toBe(status)
      expect(answer.headers["content-type"]).toBe(problem)
      expect(answer.headers["cache-control"]).toBe("no-store")
      expect(answer.json).toMatchObject({
        type: expect.any(String),
        status,
        title: expect.any(String),
        detail: expect.any(String)
      })
    }).pipe(isolated)
  )

  it.live("a wrong field is named, and a wrong method is told the right ones", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const headers = { ...bearer(tokens.OPERATE_TOKEN), ...json }
      const wrong = yield* ask(`${url}/api/webhooks/search`, {
        method: "POST",
        headers,
        body: '{"status":["lost"]}'
      })
      expect(wrong.json).toMatchObject({ errors: [{ path: ["payload", "status", 0] }] })
      expect((yield* ask(`${url}/api/tokens/x`)).headers["allow"]).toBe("DELETE")
    }).pipe(isolated)
  )

  it.live("a body that is too large: 413, and the relay goes on", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const headers = { ...bearer(tokens.OPERATE_TOKEN), ...json }
      const body = JSON.stringify({ text: "x".repeat(2 ** 21) })
      const answer = yield* ask(`${url}/api/webhooks/search`, { method: "POST", headers, body })
      expect(answer).toMatchObject({ status: 413, json: { title: "Too large" } })
      expect((yield* operator.session.whoami()).name).toBe("ops")
    }).pipe(isolated)
  )
})

describe("the documents", () => {
  it.live("the OpenAPI document is valid, and the page about it loads nothing from elsewhere", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const document = yield* ask(`${url}/api/openapi.json`)
      expect(document.json).toEqual(JSON.parse(JSON.stringify(AdminServer.openApi())))
      const { valid } = yield* Effect.promise(() => new Validator().validate(Object(document.json)))
      expect(valid).toBe(true)
      const page = yield* ask(`${url}/api/docs`)
      expect(page.status).toBe(200)
      expect(page.text).not.toMatch(/(?:src|href)="(?!\/(?:api\/docs\/|favicon\.svg"))/)
      expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; /)
      expect(page.headers["content-security-policy"]).not.toContain("unsafe")
    }).pipe(isolated)
  )
})
