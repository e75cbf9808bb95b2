/**
 * What every route has but that of the webhooks: one spelling, a bound for bodies, headers, and for operators a check of
 * `Host`. It is provided to routes and reads the route that a request matched, never the text of the URL.
 */
import { ByteSize, Effect, type Types } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { isNormal, pathOf } from "./normalForm.ts"
import { asProblem, problem, withHeaders } from "@usher/admin/ProblemResponse"

/** Any name may ask these: an orchestrator's and a collector's names are not ours to know. */
const forAnyHost: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics", "/*"])

/** More than any search, any filter and any mapping takes. The Receiver has a limit of its own. */
export const maxBodySize = ByteSize.mebibytes(1)

/** A sign-in is read before the relay knows anybody: as many can be held at once as there are connections. */
const maxSignInSize = ByteSize.kibibytes(16)

/** The body stays with the request, for the endpoint to take it from there. */
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

/** Provide it with all routes that need it. */
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
