/** Who is let in, by a token and by the page's session, and what the others are told. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ConnectionError, SqlError } from "effect/sql/SqlError"
import { Access } from "../src/index.ts"
import * as Authorization from "../src/internal/server/Authorization.ts"
import { Sessions } from "../src/internal/server/Sessions.ts"
import { SignIns } from "../src/internal/server/SignIns.ts"
import { NotAuthenticated, type Principal, Tokens } from "../src/internal/server/Tokens.ts"
import { operate, program, publicUrl, read } from "./program.ts"

const json = { "content-type": "application/json" }
const header = { [Access.csrfHeader]: "1" }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

type Ask = Effect.Success<typeof program>["ask"]

/** Pauses the Spot, which takes the scope `operate`. */
const pause = (ask: Ask, headers: Record<string, string>, body = '{"reason":"test"}') =>
  ask("/api/spots/main/pause", {
    method: "POST",
    headers: { ...(body === "" ? {} : { "content-length": String(body.length) }), ...headers },
    ...(body === "" ? {} : { body })
  })

const signIn = (ask: Ask, headers: Record<string, string>, token = operate) =>
  ask("/api/session", { method: "POST", headers, body: JSON.stringify({ token }) })

/** The header of the page's cookie. */
const signedIn = (ask: Ask, token = operate) =>
  Effect.map(signIn(ask, json, token), (answer) => ({
    cookie: answer.headers.get("set-cookie")?.split(";", 1)[0] ?? ""
  }))

const challenge = 'Bearer realm="usher"'

describe("a caller", () => {
  it.live("without a right secret is asked for a token", () =>
    Effect.gen(function* () {
      const { ask, operator } = yield* program
      const strangers = [{}, bearer(""), bearer("guess"), { cookie: "__Host-usher_session=guess" }]
      for (const headers of strangers) {
        const answer = yield* ask("/api/spots", { headers })
        expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, challenge])
        expect(yield* Effect.promise(() => answer.json())).toMatchObject({
          detail: expect.stringContaining("Send a token as Authorization: Bearer")
        })
      }
      // Who sends no secret at all has not tried one.
      const { items } = yield* operator.audit.list({ query: { what: "access" } })
      expect(items.map(({ via }) => via)).toEqual(["session", "token"])
    }).pipe(Effect.scoped)
  )

  it.live("who may only read changes nothing, and it is recorded that they tried", () =>
    Effect.gen(function* () {
      const { ask, operator, viewer } = yield* program
      const refused = yield* pause(ask, { ...bearer(read), ...json })
      expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([403, null])
      const page = yield* signedIn(ask, read)
      expect((yield* pause(ask, { ...page, ...header, ...json })).status).toBe(403)
      expect((yield* viewer.spots.list()).map(({ state }) => state)).not.toContain("paused")
      const { items } = yield* operator.audit.list({ query: { what: "access" } })
      expect(items.map(({ who, via, parameters }) => [who, via, parameters])).toEqual([
        ["viewer", "session", { reason: "scope" }],
        ["viewer", "token", { reason: "scope" }]
      ])
      expect((yield* pause(ask, { ...bearer(operate), ...json })).status).toBe(200)
    }).pipe(Effect.scoped)
  )

  it.live("with a token and the cookie is let in by the token alone", () =>
    Effect.gen(function* () {
      const { ask } = yield* program
      const page = yield* signedIn(ask)
      const answer = yield* ask("/api/session", { headers: page })
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([200, null])
      for (const authorization of ["Bearer guess", "Basic b3BzOm9wcw=="]) {
        expect((yield* ask("/api/session", { headers: { ...page, authorization } })).status).toBe(401)
      }
    }).pipe(Effect.scoped)
  )
})

describe("the page's cookie", () => {
  it.live("changes nothing without what only the page sends beside it", () =>
    Effect.gen(function* () {
      const { ask, operator } = yield* program
      const page = yield* signedIn(ask)
      const foreign = { origin: "https://example.org" }
      const statuses = yield* Effect.forEach(
        [
          { ...page, ...json },
          { ...page, ...json, ...header, ...foreign },
          { ...page, ...header, "content-type": "text/plain" },
          { ...page, ...json, ...header },
          { ...page, ...json, ...header, origin: publicUrl }
        ],
        (headers) => Effect.map(pause(ask, headers), ({ status }) => status)
      )
      expect(statuses).toEqual([403, 403, 415, 200, 200])
      // Reading takes none of it, and what has no body takes no type of one.
      expect((yield* ask("/api/spots", { headers: { ...page, ...foreign } })).status).toBe(200)
      const out = yield* ask("/api/session", { method: "DELETE", headers: { ...page, ...header } })
      expect(out.status).toBe(204)
      const { items } = yield* operator.audit.list({ query: { what: "access" } })
      expect(items.map(({ via, parameters }) => [via, parameters])).toEqual([
        ["session", { reason: "media-type" }],
        ["session", { reason: "cross-site" }],
        ["session", { reason: "no-header" }]
      ])
    }).pipe(Effect.scoped)
  )

  it.live("is given to no request of another site", () =>
    Effect.gen(function* () {
      const { ask, operator } = yield* program
      const statuses = yield* Effect.forEach(
        [{ ...json, "sec-fetch-site": "cross-site" }, { "content-type": "text/plain" }, json],
        (headers) => Effect.map(signIn(ask, headers), ({ status }) => status)
      )
      expect(statuses).toEqual([403, 415, 200])
      const { items } = yield* operator.audit.list({ query: { what: "session.signIn" } })
      expect(items.map(({ parameters, result }) => [result, parameters])).toEqual(
        expect.arrayContaining([
          ["refused", { reason: "media-type" }],
          ["refused", { reason: "cross-site" }]
        ])
      )
    }).pipe(Effect.scoped)
  )
})

describe("a token", () => {
  const endpoint = HttpApiEndpoint.get("one", "/one")
  const options = { endpoint, group: HttpApiGroup.make("some").add(endpoint) }
  const unused = () => Effect.die("not used")

  /** Lets a caller in by a token, then returns the answer of `authenticate`. */
  const admitted = (authenticate: Tokens["Service"]["authenticate"]) => {
    const tokens = Tokens.of({
      create: unused,
      list: Effect.succeed([]),
      revoke: unused,
      authenticate,
      present: unused
    })
    return Effect.gen(function* () {
      const { bearer } = yield* Access.Authorization
      let caller: Access.Caller["Service"] | undefined
      const handle = Effect.map(Access.Caller, (one) => {
        caller = one
      })
      const credential = Redacted.make("secret")
      const answer = yield* Effect.exit(bearer(handle as never, { ...options, credential } as never))
      return { answer, caller }
    }).pipe(
      Effect.provide(
        Authorization.layer(publicUrl).pipe(
          Layer.provide([
            Layer.succeed(Tokens, tokens),
            Layer.mock(Sessions)({}),
            Layer.mock(SignIns)({ failed: () => Effect.void, refused: () => Effect.void })
          ])
        )
      ),
      Effect.provideService(HttpRouter.RouteContext, {
        params: {},
        route: HttpRouter.route("GET", "/one", Effect.die("not used"))
      }),
      Effect.provideService(HttpServerRequest.ParsedSearchParams, {}),
      Effect.scoped,
      Effect.provideService(
        HttpServerRequest.HttpServerRequest,
        HttpServerRequest.fromWeb(new Request(publicUrl))
      )
    )
  }

  it.effect("lets a long answer go on until it is gone", () =>
    Effect.gen(function* () {
      const principal: Principal = { id: "1", name: "bot", scope: "read" }
      let isThere = true
      const { caller } = yield* admitted(() =>
        Effect.suspend(() =>
          isThere ? Effect.succeed(principal) : Effect.fail(new NotAuthenticated({ reason: "revoked" }))
        )
      )
      const { isStillAllowed } = yield* Effect.fromNullishOr(caller)
      expect(yield* isStillAllowed).toBe(true)
      isThere = false
      expect(yield* isStillAllowed).toBe(false)
    })
  )

  it.effect("that can't be looked up is answered with 503, and nobody is let in", () =>
    Effect.gen(function* () {
      const reason = new ConnectionError({ cause: undefined, message: "gone", operation: "read" })
      const { answer, caller } = yield* admitted(() => Effect.fail(new SqlError({ reason })))
      expect(answer).toMatchObject({ _tag: "Success", value: { status: 503 } })
      expect(caller).toBeUndefined()
    })
  )
})
