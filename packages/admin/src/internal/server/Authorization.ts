/**
 * Authenticates callers by bearer token, or by the dashboard's cookie together with headers that only its own page can send.
 */
import { Context, Effect, Layer, Option, Redacted, Result } from "effect"
import { HttpEffect, HttpServerRequest, HttpServerRespondable, HttpServerResponse } from "effect/http"
import type { HttpApiEndpoint } from "effect/http-api"
import type { SqlError } from "effect/sql"
import * as Access from "../../Access.ts"
import * as Problem from "../../Problem.ts"
import { ipOf } from "./client.ts"
import { unavailable } from "./problems.ts"
import { hasBody, isCrossSite, isJson } from "./sameOrigin.ts"
import * as sessionCookie from "./sessionCookie.ts"
import { Sessions } from "./Sessions.ts"
import { SignIns } from "./SignIns.ts"
import { type NotAuthenticated, type Principal, Tokens } from "./Tokens.ts"

type Authenticate = Effect.Effect<Principal, NotAuthenticated | SqlError.SqlError>

export const layer = (publicUrl: string) =>
  Layer.merge(layerAuthorization(publicUrl), layerSameOrigin(publicUrl))

const layerAuthorization = (publicUrl: string) =>
  Layer.effect(
    Access.Authorization,
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const sessions = yield* Sessions
      const signIns = yield* SignIns

      /** Authenticates the caller of this request, and checks the scope that the endpoint requires. */
      const admit = Effect.fnUntraced(function* (
        via: "token" | "session",
        authenticate: Authenticate,
        endpoint: HttpApiEndpoint.Top
      ) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const principal = yield* authenticate.pipe(
          Effect.catchTag("NotAuthenticated", ({ reason, message }) =>
            signIns
              .failed(via, reason)
              .pipe(
                Effect.andThen(challenge),
                Effect.andThen(new Problem.Unauthorized({ detail: `${message} ${signIn}` }))
              )
          ),
          unavailable
        )
        if (!isAllowed(endpoint, principal)) {
          yield* signIns.refused(via, "scope", principal.name)
          return yield* new Problem.Forbidden({
            detail: `The token ${principal.name} is read-only. This request requires the scope operate.`
          })
        }
        const isStillAllowed = Effect.match(authenticate, {
          onFailure: () => false,
          onSuccess: (now) => isAllowed(endpoint, now)
        })
        return { ...principal, via, ip: ipOf(request), isStillAllowed }
      })

      return Access.Authorization.of({
        bearer: Effect.fnUntraced(function* (handle, { credential, endpoint }) {
          // The API tries the cookie next.
          if (Redacted.value(credential) === "") return yield* new Problem.Unauthorized({ detail: signIn })
          const caller = yield* Effect.result(admit("token", tokens.authenticate(credential), endpoint))
          // Respond here: after a failure the API would try the cookie, and report its failure instead.
          return yield* Result.isFailure(caller)
            ? HttpServerRespondable.toResponse(caller.failure)
            : Effect.provideService(handle, Access.Caller, caller.success)
        }),
        cookie: Effect.fnUntraced(function* (handle, { credential, endpoint }) {
          const request = yield* HttpServerRequest.HttpServerRequest
          const secret = sessionCookie.read(request, credential, publicUrl)
          if (Redacted.value(secret) === "" || request.headers["authorization"] !== undefined) {
            yield* challenge
            return yield* new Problem.Unauthorized({ detail: signIn })
          }
          if (endpoint.method !== "GET") {
            if (request.headers[Access.csrfHeader] === undefined) {
              yield* signIns.refused("session", "no-header")
              return yield* new Problem.Forbidden({
                detail: `A request with the session cookie requires the header ${Access.csrfHeader}, with any value.`
              })
            }
            yield* ownRequest(signIns, "session", publicUrl, hasBody(request))
          }
          const caller = yield* admit("session", sessions.authenticate(secret), endpoint)
          return yield* Effect.provideService(handle, Access.Caller, caller)
        })
      })
    })
  )

/** Protects the sign-in, which has no caller yet. */
const layerSameOrigin = (publicUrl: string) =>
  Layer.effect(
    Access.SameOrigin,
    Effect.map(SignIns, (signIns) =>
      Access.SameOrigin.of((handle) =>
        Effect.andThen(ownRequest(signIns, "sign-in", publicUrl, true), handle)
      )
    )
  )

/** Fails for a request that another site may have caused. */
const ownRequest = Effect.fnUntraced(function* (
  { refused }: SignIns["Service"],
  via: "sign-in" | "session",
  publicUrl: string,
  takesJson: boolean
) {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (isCrossSite(request, publicUrl)) {
    yield* refused(via, "cross-site")
    return yield* new Problem.Forbidden({
      detail:
        "The request comes from another site. Open the dashboard at server.publicUrl, or let the proxy pass the Host header."
    })
  }
  if (takesJson && !isJson(request)) {
    yield* refused(via, "media-type")
    return yield* new Problem.UnsupportedMediaType({ detail: "Send JSON, as application/json." })
  }
})

/** Treats every request as one of this caller. */
export const layerOf = (caller: Access.Caller["Service"]) => {
  const admit = Effect.provideService(Access.Caller, caller)
  return Layer.merge(
    Layer.succeed(Access.Authorization, { bearer: admit, cookie: admit }),
    Layer.succeed(Access.SameOrigin, (handle) => handle)
  )
}

const signIn = "Send a token as Authorization: Bearer …, or sign in."

/** The scope that an endpoint requires. */
export const required = (endpoint: Pick<HttpApiEndpoint.Top, "annotations" | "method">): Access.Scope =>
  Option.getOrElse(Context.getOption(endpoint.annotations, Access.Requires), () =>
    endpoint.method === "GET" ? "read" : "operate"
  )

const isAllowed = (endpoint: HttpApiEndpoint.Top, { scope }: Principal) =>
  scope === "operate" || required(endpoint) === "read"

/** RFC 9110 requires this header on a 401. */
const challenge = HttpEffect.appendPreResponseHandler((_, response) =>
  Effect.succeed(HttpServerResponse.setHeader(response, "www-authenticate", 'Bearer realm="usher"'))
)
