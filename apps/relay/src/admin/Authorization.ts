/**
 * Lets through who may: a bearer token, or the page's cookie together with a header that no other site can send.
 */
import { Context, DateTime, Duration, Effect, Layer, Option, Redacted, Result } from "effect"
import {
  Cookies,
  HttpEffect,
  HttpServerRequest,
  HttpServerRespondable,
  HttpServerResponse
} from "effect/http"
import { HttpApiBuilder, type HttpApiEndpoint } from "effect/http-api"
import type { SqlError } from "effect/sql"
import { Access, Problem } from "@usher/admin"
import { unavailable } from "./problems.ts"
import { SignInLimit } from "./SignInLimit.ts"
import { type Known, Tokens } from "./Tokens.ts"

export const layer: Layer.Layer<Access.Authorization, never, Tokens | SignInLimit> = Layer.effect(
  Access.Authorization,
  Effect.gen(function* () {
    const tokens = yield* Tokens
    const limit = yield* SignInLimit

    const recognise = Effect.fnUntraced(function* (
      look: Effect.Effect<Known | undefined, SqlError.SqlError>
    ) {
      const known = yield* unavailable(look)
      if (known === undefined) {
        yield* limit.failed
        yield* challenge
        return yield* new Problem.Unauthorized({
          detail: "This token is not known, has expired or was revoked. Send one as Authorization: Bearer …"
        })
      }
      return known
    })

    return Access.Authorization.of({
      bearer: Effect.fnUntraced(function* (handle, { credential, endpoint }) {
        if (Redacted.value(credential) === "") {
          yield* challenge
          return yield* new Problem.Unauthorized({ detail: signIn })
        }
        const known = yield* Effect.result(
          Effect.tap(recognise(tokens.recognise(credential)), (known) => allow(endpoint, known))
        )
        // Answered here and now: a failure would have the cookie tried, and its failure told.
        return yield* Result.isFailure(known)
          ? HttpServerRespondable.toResponse(known.failure)
          : Effect.provideService(handle, Access.Caller, { ...known.success, via: "token" })
      }),
      cookie: Effect.fnUntraced(function* (handle, { credential, endpoint }) {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        if (Redacted.value(credential) === "" || headers["authorization"] !== undefined) {
          yield* challenge
          return yield* new Problem.Unauthorized({ detail: signIn })
        }
        const known = yield* recognise(tokens.recogniseSession(credential))
        if (endpoint.method !== "GET" && headers[Access.csrfHeader] === undefined) {
          return yield* new Problem.Forbidden({
            detail: `Whoever comes with a cookie has to send the header ${Access.csrfHeader} along, whatever it says.`
          })
        }
        yield* allow(endpoint, known)
        return yield* Effect.provideService(handle, Access.Caller, { ...known, via: "session" })
      })
    })
  })
)

/** Lets everybody through as this one. */
export const layerOf = (caller: Access.Caller["Service"]): Layer.Layer<Access.Authorization> =>
  Layer.succeed(
    Access.Authorization,
    Access.Authorization.of({
      bearer: (handle) => Effect.provideService(handle, Access.Caller, caller),
      cookie: (handle) => Effect.provideService(handle, Access.Caller, caller)
    })
  )

const signIn = "Send a token as Authorization: Bearer …, or sign in."

/** What an endpoint asks for. */
export const required = (endpoint: Pick<HttpApiEndpoint.Top, "annotations" | "method">): Access.Scope =>
  Option.getOrElse(Context.getOption(endpoint.annotations, Access.Requires), () =>
    endpoint.method === "GET" ? "read" : "operate"
  )

const allow = (endpoint: HttpApiEndpoint.Top, { name, scope }: Known) =>
  scope === "operate" || required(endpoint) === "read"
    ? Effect.void
    : new Problem.Forbidden({
        detail: `The token ${name} may read only. This takes one with the scope operate.`
      })

/** RFC 9110 wants it with a 401. */
const challenge = HttpEffect.appendPreResponseHandler((_, response) =>
  Effect.succeed(
    response.status === 401
      ? HttpServerResponse.setHeader(response, "www-authenticate", 'Bearer realm="usher"')
      : response
  )
)

/** Gives the page its cookie: no script reads it, no other site makes a browser send it. */
export const setCookie = (secret: Redacted.Redacted, expiresAt: DateTime.Utc, isSecure: boolean) =>
  HttpApiBuilder.securitySetCookie(Access.cookie, secret, {
    ...cookieOptions(isSecure),
    expires: DateTime.toDate(expiresAt)
  })

export const takeCookie = (isSecure: boolean) =>
  HttpApiBuilder.securitySetCookie(Access.cookie, "", { ...cookieOptions(isSecure), maxAge: Duration.zero })

const cookieOptions = (isSecure: boolean): Cookies.Cookie["options"] => ({
  httpOnly: true,
  sameSite: "strict",
  path: "/api",
  secure: isSecure
})
