import { describe, expect, it } from "@effect/vitest"
import { Clock, DateTime, Duration, Effect, Option, Schema, Stream } from "effect"
import { Cookies, HttpClient, HttpClientRequest } from "effect/http"
import { Access } from "@usher/admin"
import { folder, isolated } from "../harness.ts"
import { usher } from "../inProcess.ts"
import { ask, bearer, client, onEach, relay, tokens } from "./harness.ts"

const json = { "content-type": "application/json" }
const change = { ...json, [Access.csrfHeader]: "1" }

const signIn = Effect.fnUntraced(function* (
  url: string,
  token: string,
  headers: Readonly<Record<string, string>> = json
) {
  const answer = yield* ask(`${url}/api/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ token })
  })
  const value = Option.getOrUndefined(Cookies.getValue(answer.cookies, "usher_session"))
  return { answer, headers: { cookie: `usher_session=${value}` } }
})

const createAs = (url: string, headers: Readonly<Record<string, string>>, name: string) =>
  ask(`${url}/api/tokens`, {
    method: "POST",
    headers: { ...headers, ...change },
    body: JSON.stringify({ name, scope: "operate" })
  })

describe("a session has the rights of its token", () => {
  const withScope = (scope: string) => `
admin:
  tokens:
    - { env: OPERATE_TOKEN, name: ops, scope: ${scope} }
    - { env: READ_TOKEN, name: viewer }
`

  it.live("as they are now: a smaller scope holds at once, another secret ends it", () =>
    Effect.gen(function* () {
      const home = yield* folder("")
      const headers = yield* Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* relay(undefined, {}, { home })
          const { headers } = yield* signIn(url, tokens.OPERATE_TOKEN)
          expect((yield* createAs(url, headers, "first")).status).toBe(200)
          return headers
        })
      )
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { url } = yield* relay(undefined, {}, { home, admin: withScope("read") })
          expect((yield* ask(`${url}/api/session`, { headers })).json).toMatchObject({ scope: "read" })
          expect((yield* createAs(url, headers, "backdoor")).status).toBe(403)
        })
      )
      const OPERATE_TOKEN = "another-secret-0123456789abcdef0123456789"
      const { url } = yield* relay(undefined, { OPERATE_TOKEN }, { home, admin: withScope("operate") })
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(401)
      expect((yield* createAs(url, headers, "backdoor")).status).toBe(401)
      expect((yield* ask(`${url}/api/session`, { headers: bearer(OPERATE_TOKEN) })).status).toBe(200)
    }).pipe(isolated)
  )

  onEach("and its end: neither outlives the other", ({ url, operator, sql }) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const expiresAt = DateTime.add(now, { hours: 1 })
      const { secret, token } = yield* operator.tokens.create({
        payload: { name: "short", scope: "read", expiresAt }
      })
      const { answer, headers } = yield* signIn(url, secret)
      expect(answer.json).toMatchObject({ expiresAt: DateTime.formatIso(expiresAt) })
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(200)
      yield* sql`UPDATE tokens SET expires_at = ${DateTime.toEpochMillis(now) - 1} WHERE id = ${token.id}`
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(401)
    })
  )

  it.live("and ends after 12 hours, however long its token lasts", () =>
    Effect.gen(function* () {
      const { url, sql } = yield* relay()
      const before = yield* DateTime.now
      const { answer, headers } = yield* signIn(url, tokens.READ_TOKEN)
      const { expiresAt } = yield* Schema.decodeUnknownEffect(
        Schema.Struct({ expiresAt: Schema.DateTimeUtcFromString })
      )(answer.json)
      expect(
        DateTime.between(expiresAt, {
          minimum: DateTime.add(before, { hours: 12 }),
          maximum: DateTime.add(yield* DateTime.now, { hours: 12 })
        })
      ).toBe(true)
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(200)
      yield* sql`UPDATE sessions SET expires_at = ${DateTime.toEpochMillis(before)}`
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(401)
    }).pipe(isolated)
  )

  onEach("and is listed and ended by an operator, one or all of a token", (relay) =>
    Effect.gen(function* () {
      const { url, operator, viewer } = relay
      const one = yield* signIn(url, tokens.READ_TOKEN, { ...json, "user-agent": "Browser/1" })
      const two = yield* signIn(url, tokens.READ_TOKEN)
      const other = yield* signIn(url, tokens.OPERATE_TOKEN)
      const all = yield* operator.tokens.sessions({ query: {} })
      expect(all.map(({ token }) => token)).toEqual([
        "configured:ops",
        "configured:viewer",
        "configured:viewer"
      ])
      expect(all[2]).toMatchObject({ ip: "127.0.0.1", userAgent: "Browser/1", isCurrent: false })
      const mine = yield* ask(`${url}/api/sessions?tokenId=configured:ops`, { headers: other.headers })
      expect(mine.json).toMatchObject([{ isCurrent: true }])
      const id = all[2]?.id ?? ""
      expect(yield* Effect.flip(viewer.tokens.endSession({ params: { id } }))).toMatchObject({
        _tag: "Forbidden"
      })
      yield* operator.tokens.endSession({ params: { id } })
      expect(yield* Effect.flip(operator.tokens.endSession({ params: { id } }))).toMatchObject({
        _tag: "NotFound"
      })
      expect((yield* ask(`${url}/api/session`, { headers: one.headers })).status).toBe(401)
      expect((yield* ask(`${url}/api/session`, { headers: two.headers })).status).toBe(200)
      expect(yield* operator.tokens.endSessions({ params: { id: "configured:viewer" } })).toEqual({
        ended: 1
      })
      expect((yield* ask(`${url}/api/session`, { headers: two.headers })).status).toBe(401)
      expect((yield* ask(`${url}/api/session`, { headers: other.headers })).status).toBe(200)
    })
  )

  onEach(
    "and all but the caller's own end at once, which the audit log records",
    ({ url, operator, viewer }) =>
      Effect.gen(function* () {
        const own = yield* signIn(url, tokens.OPERATE_TOKEN)
        const others = [yield* signIn(url, tokens.OPERATE_TOKEN), yield* signIn(url, tokens.READ_TOKEN)]
        expect(yield* Effect.flip(viewer.tokens.endOtherSessions())).toMatchObject({ _tag: "Forbidden" })
        const ended = yield* ask(`${url}/api/sessions`, {
          method: "DELETE",
          headers: { ...own.headers, ...change }
        })
        expect(ended.json).toEqual({ ended: 2 })
        expect((yield* ask(`${url}/api/session`, { headers: own.headers })).status).toBe(200)
        for (const { headers } of others) {
          expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(401)
        }
        const { items } = yield* operator.audit.list({ query: { what: "tokens.endOtherSessions" } })
        expect(items).toMatchObject([{ who: "ops", via: "session", result: "done: 2" }])
        expect(yield* operator.tokens.endOtherSessions()).toEqual({ ended: 1 })
      })
  )

  it.live("and the command line lists and ends it", () =>
    Effect.gen(function* () {
      const { url, env } = yield* relay()
      yield* signIn(url, tokens.READ_TOKEN)
      yield* signIn(url, tokens.OPERATE_TOKEN)
      const run = (...args: ReadonlyArray<string>) =>
        usher(["tokens", ...args], { env: { ...env, USHER_URL: url, USHER_TOKEN: tokens.OPERATE_TOKEN } })
      expect((yield* run("sessions")).stdout).toMatch(/ops .*\n.*viewer /)
      expect(yield* run("end")).toMatchObject({ code: 2, stdout: "" })
      expect((yield* run("end", "--of", "viewer")).stdout).toBe("Ended 1 session.\n")
      expect((yield* run("end", "--all", "--json")).stdout).toBe('{"ended":1}\n')
      expect((yield* run("sessions")).stdout).toBe("No sessions.\n")
    }).pipe(isolated)
  )

  onEach("and a created token expires after 90 days, unless it is said that it never does", ({ operator }) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const usual = yield* operator.tokens.create({ payload: { name: "usual", scope: "read" } })
      const days = Duration.toDays(DateTime.distance(now, usual.token.expiresAt ?? now))
      expect(Math.round(days)).toBe(90)
      const never = yield* operator.tokens.create({
        payload: { name: "never", scope: "read", expiresAt: null }
      })
      expect(never.token.expiresAt).toBeNull()
    })
  )
})

describe("a stream of events", () => {
  const open = Effect.fnUntraced(function* (url: string, headers: Readonly<Record<string, string>>) {
    const response = yield* HttpClient.execute(HttpClientRequest.get(`${url}/api/events`, { headers }))
    expect(response.status).toBe(200)
    return Stream.runDrain(response.stream)
  })

  it.live("ends with its token or its session, and goes on as long as they last", () =>
    Effect.gen(function* () {
      const { url, operator, sql } = yield* relay(undefined, {}, { heartbeat: "100 millis" })
      const create = (name: string) => operator.tokens.create({ payload: { name, scope: "read" } })
      const revoked = yield* create("revoked")
      const expired = yield* create("expired")
      const page = yield* create("page")
      const { headers } = yield* signIn(url, page.secret)
      const streams = {
        revoked: yield* open(url, bearer(revoked.secret)),
        expired: yield* open(url, bearer(expired.secret)),
        session: yield* open(url, headers)
      }
      const still = yield* open(url, bearer(tokens.READ_TOKEN))
      expect(Option.isNone(yield* Effect.timeoutOption(streams.revoked, "1 second"))).toBe(true)
      const more = yield* open(url, bearer(revoked.secret))
      yield* operator.tokens.revoke({ params: { id: revoked.token.id } })
      yield* more
      yield* sql`UPDATE tokens SET expires_at = ${(yield* Clock.currentTimeMillis) - 1} WHERE id = ${expired.token.id}`
      yield* streams.expired
      yield* operator.tokens.endSessions({ params: { id: page.token.id } })
      yield* streams.session
      expect(Option.isNone(yield* Effect.timeoutOption(still, "500 millis"))).toBe(true)
    }).pipe(isolated)
  )
})

describe("a sign-in", () => {
  const https = { server: "{ port: 0, publicUrl: https://hooks.example.com }" }

  it.live("over https gives a cookie of this host alone, and asks for https from then on", () =>
    Effect.gen(function* () {
      const { url } = yield* relay(undefined, {}, https)
      const origin = "https://hooks.example.com"
      const { answer } = yield* signIn(url, tokens.OPERATE_TOKEN, {
        ...json,
        origin,
        host: "hooks.example.com"
      })
      const cookie = Option.getOrThrow(Cookies.get(answer.cookies, "__Host-usher_session"))
      expect(cookie.options).toMatchObject({ secure: true, httpOnly: true, sameSite: "strict", path: "/" })
      expect(cookie.options?.domain).toBeUndefined()
      expect(answer.headers["strict-transport-security"]).toBe("max-age=31536000")
      const headers = { cookie: `__Host-usher_session=${cookie.value}`, host: "hooks.example.com" }
      expect((yield* ask(`${url}/api/session`, { headers })).status).toBe(200)
      // A name without the prefix could have been set by another host of the domain.
      const plain = { cookie: `usher_session=${cookie.value}`, host: "hooks.example.com" }
      expect((yield* ask(`${url}/api/session`, { headers: plain })).status).toBe(401)
      const out = yield* ask(`${url}/api/session`, {
        method: "DELETE",
        headers: { ...headers, origin, [Access.csrfHeader]: "1" }
      })
      expect(Option.getOrThrow(Cookies.get(out.cookies, "__Host-usher_session")).value).toBe("")
    }).pipe(isolated)
  )

  it.live("over plain http from elsewhere is refused, and on the relay's machine it is not", () =>
    Effect.gen(function* () {
      const server = "{ port: 0, publicUrl: http://relay.example.com }"
      const { url } = yield* relay(undefined, {}, { server })
      const far = { ...json, origin: "http://relay.example.com", host: "relay.example.com" }
      const { answer } = yield* signIn(url, tokens.OPERATE_TOKEN, far)
      expect(answer).toMatchObject({ status: 403, json: { detail: expect.stringContaining("https") } })
      const near = yield* signIn(url, tokens.OPERATE_TOKEN)
      expect(near.answer.status).toBe(200)
      expect(near.answer.headers["strict-transport-security"]).toBeUndefined()
    }).pipe(isolated)
  )

  it.live.each([
    ["without a content type", 415, {}],
    ["as a form", 415, { "content-type": "application/x-www-form-urlencoded" }],
    ["as plain text", 415, { "content-type": "text/plain" }],
    ["of another origin", 403, { ...json, origin: "https://evil.example" }],
    ["of an origin that is none", 403, { ...json, origin: "null" }],
    ["of another port of this machine", 403, { ...json, origin: "http://127.0.0.1:1" }],
    ["of another site", 403, { ...json, "sec-fetch-site": "cross-site" }],
    ["of another host of the same site", 403, { ...json, "sec-fetch-site": "same-site" }]
  ] as const)("%s is answered with %i, and so is a change with the cookie", ([, status, headers]) =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const body = new TextEncoder().encode(JSON.stringify({ token: tokens.OPERATE_TOKEN }))
      const post = (path: string, more: Readonly<Record<string, string>>) =>
        Effect.promise(() =>
          fetch(`${url}${path}`, { method: "POST", headers: { ...more, ...headers }, body })
        )
      expect((yield* post("/api/session", {})).status).toBe(status)
      const { headers: cookie } = yield* signIn(url, tokens.OPERATE_TOKEN)
      const refused = yield* post("/api/tokens", { ...cookie, [Access.csrfHeader]: "1" })
      expect(refused.status).toBe(status)
      expect(yield* operator.tokens.list()).toEqual([])
    }).pipe(isolated)
  )

  it.live("of the page itself is let in, by the request's own host or the public one", () =>
    Effect.gen(function* () {
      const { url } = yield* relay(undefined, {}, https)
      const origins = [new URL(url).origin, "https://hooks.example.com"]
      for (const origin of origins) {
        const headers = { ...json, origin, "sec-fetch-site": "same-origin" }
        expect((yield* signIn(url, tokens.OPERATE_TOKEN, headers)).answer.status).toBe(200)
      }
    }).pipe(isolated)
  )
})

describe("a token of the configuration file", () => {
  it.live("may read, unless the file says more", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const viewer = yield* client(url, tokens.READ_TOKEN)
      expect(yield* viewer.session.whoami()).toEqual({ name: "viewer", scope: "read", via: "token" })
    }).pipe(isolated)
  )
})
