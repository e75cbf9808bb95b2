/**
 * What can't be done, as problem details; also where no endpoint has had a word in it.
 */
import { ByteSize, Cause, Effect, Stream } from "effect"
import {
  HttpIncomingMessage,
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { HttpApi } from "effect/http-api"
import { SqlError } from "effect/sql"
import { Api, Problem } from "@usher/admin"
import { Inbox } from "@usher/engine"

type Gone = Inbox.InboxUnavailable | SqlError.SqlError

const isGone = <E>(error: E): error is Extract<E, Gone> =>
  error instanceof Inbox.InboxUnavailable || SqlError.isSqlError(error)

const sorry = (cause: Gone) => {
  const { message } = cause instanceof Inbox.InboxUnavailable ? cause : new Inbox.InboxUnavailable({ cause })
  return new Problem.Unavailable({ detail: message })
}

/** A database that can't be used, to who asks over HTTP. */
export const unavailable = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.catchIf(self, isGone<E>, (cause) => Effect.fail(sorry(cause)))

/** The same while an answer is under way. */
export const unavailableStream = <A, R>(self: Stream.Stream<A, Inbox.InboxUnavailable, R>) =>
  Stream.mapError(self, sorry)

interface Route {
  readonly method: string
  readonly segments: ReadonlyArray<string>
}

const routes: Array<Route> = [
  { method: "GET", segments: ["", "api", "openapi.json"] },
  { method: "GET", segments: ["", "api", "docs"] }
]
HttpApi.reflect(Api.AdminApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint }) =>
    void routes.push({ method: endpoint.method, segments: endpoint.path.split("/") })
})

/** The methods that a path under `/api` has. */
const methodsOf = (path: string): ReadonlyArray<string> => {
  const segments = path.split("/")
  return routes
    .filter((route) => route.segments.length === segments.length)
    .filter((route) => route.segments.every((part, at) => part.startsWith(":") || part === segments[at]))
    .map(({ method }) => method)
}

/** Everything under `/api` that is no endpoint. */
export const NoEndpoint = HttpRouter.add(
  "*",
  "/api/*",
  Effect.map(HttpServerRequest.HttpServerRequest, ({ method, url }) => {
    const methods = methodsOf(url.split("?")[0] ?? "")
    if (methods.length === 0) {
      return problem(404, "Not found", "There is no such endpoint: GET /api/docs shows those that there are.")
    }
    const allowed = methods.join(", ")
    return HttpServerResponse.setHeader(
      problem(405, "Method not allowed", `This takes ${allowed}, not ${method}.`),
      "allow",
      allowed
    )
  })
)

const problem = (status: number, title: string, detail: string) =>
  ProblemDetails.toResponse({ type: ProblemDetails.blankType, status, title, detail })

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  408: "Request timeout",
  413: "Too large",
  415: "Unsupported media type",
  500: "Internal server error"
}

const details: Readonly<Record<number, string>> = {
  400: "The request can't be read.",
  413: "The body is too large.",
  415: "Send JSON, as application/json.",
  500: "The relay failed; its log says why."
}

/** An error that says nothing, or says it in plain text, in the form of all others. */
const asProblem = (response: HttpServerResponse.HttpServerResponse) => {
  const { status } = response
  if (status < 400 || response.headers["content-type"] === ProblemDetails.contentType) return response
  return problem(
    status,
    titles[status] ?? "Not possible",
    details[status] ?? "The request can't be answered."
  )
}

/** More than any search, any filter and any mapping takes. */
const mostBytes = ByteSize.mebibytes(1)

/** The page about the API carries its script in itself. */
const nothingFromElsewhere = "default-src 'self' 'unsafe-inline' data: blob:; frame-ancestors 'none'"

const headersFor = (path: string): Readonly<Record<string, string>> => ({
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  ...(path === "/api/docs" ? { "content-security-policy": nothingFromElsewhere } : {})
})

/** Errors under `/api` are problems, whoever makes them, and no answer is kept by a cache. */
export const Everywhere = HttpRouter.middleware(
  (handle) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) =>
      url.startsWith("/api/")
        ? handle.pipe(
            Effect.provideService(HttpIncomingMessage.MaxBodySize, mostBytes),
            Effect.catchCauseIf(
              (cause) => !Cause.hasInterruptsOnly(cause),
              (cause) => Effect.map(HttpServerError.causeResponse(cause), ([response]) => response)
            ),
            Effect.map(asProblem),
            Effect.map(HttpServerResponse.setHeaders(headersFor(url)))
          )
        : handle
    ),
  { global: true }
)
