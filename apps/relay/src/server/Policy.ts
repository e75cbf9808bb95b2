/**
 * The policy of all routes except webhooks: one spelling for each path, limits for bodies, headers, and a check of `Host` for
 * operators. It uses the matched route, never the text of the URL.
 */
import { ByteSize, Effect, type Types } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { isNormal, pathOf } from "./normalForm.ts"
import { asProblem, problem, withHeaders } from "@usher/admin/ProblemResponse"

/** Routes for any `Host`: orchestrators and collectors use their own names. */
const forAnyHost: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics", "/*"])

/** Larger than any search, filter or mapping. The Receiver has its own limit. */
export const maxBodySize = ByteSize.mebibytes(1)

/** Small, because unauthenticated clients can send a sign-in on every connection. */
const maxSignInSize = ByteSize.kibibytes(16)

/** Reads the body within the limit. The request caches it for the endpoint. */
const readSignIn = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.provideService(request.arrayBuffer, HttpIncomingMessage.MaxBodySize, maxSignInSize)

const unknownPath = problem(
  404,
  "Not found",
  "No resource has this path. Paths are case-sensitive, without repeated or trailing slashes and without unnecessary escapes."
)

const misdirected = problem(
  421,
  "Misdirected request",
  "The relay does not serve operators under this host name. Use localhost or the host of server.publicUrl, or add the name to server.admin.hosts in the configuration."
)

type Handle = Effect.Effect<HttpServerResponse.HttpServerResponse, Types.unhandled>

export interface Options {
  /** Whether a `Host` header names this relay. */
  readonly isAllowed: (host: string | undefined) => boolean
}

/** Provide this layer to all routes that need it. */
export const layer = ({ isAllowed }: Options) =>
  HttpRouter.middleware(
    Effect.fnUntraced(function* (handle: Handle) {
      const request = yield* HttpServerRequest.HttpServerRequest
      const { route } = yield* HttpRouter.RouteContext
      if (!isNormal(route.path, pathOf(request))) return unknownPath
      if (!forAnyHost.has(route.path) && !isAllowed(request.headers["host"])) return misdirected
      const isSignIn = route.path === "/api/session" && request.method === "POST"
      const answer = isSignIn ? Effect.andThen(readSignIn(request), handle) : handle
      const response = yield* answer
      return withHeaders(route.path.startsWith("/api/") ? asProblem(response) : response)
    })
  ).layer
