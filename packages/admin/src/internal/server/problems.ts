/** Problem details for an unavailable database, and for paths under `/api` without an endpoint. */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApi } from "effect/http-api"
import { SqlError } from "effect/sql"
import * as Api from "../../Api.ts"
import * as Problem from "../../Problem.ts"
import { Inbox } from "@usher/engine"
import { problem } from "../../ProblemResponse.ts"

type Gone = Inbox.InboxUnavailable | SqlError.SqlError

const isGone = <E>(error: E): error is Extract<E, Gone> =>
  error instanceof Inbox.InboxUnavailable || SqlError.isSqlError(error)

/** The problem details of an unavailable database. */
export const sorry = (cause: Gone) => {
  const { message } = cause instanceof Inbox.InboxUnavailable ? cause : new Inbox.InboxUnavailable({ cause })
  return new Problem.Unavailable({ detail: message })
}

/** Turns errors of an unavailable database into problem details. */
export const unavailable = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.catchIf(self, isGone<E>, (cause) => Effect.fail(sorry(cause)))

interface Route {
  readonly method: string
  readonly segments: ReadonlyArray<string>
}

const routes: Array<Route> = []
HttpApi.reflect(Api.AdminApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint }) =>
    void routes.push({ method: endpoint.method, segments: endpoint.path.split("/") })
})

/** The methods of a path under `/api`. */
const methodsOf = (path: string, documents: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (documents.includes(path)) return ["GET"]
  const segments = path.split("/")
  return routes
    .filter((route) => route.segments.length === segments.length)
    .filter((route) => route.segments.every((part, at) => part.startsWith(":") || part === segments[at]))
    .map(({ method }) => method)
}

/** Answers all paths under `/api` without an endpoint. The first document is the one that lists the endpoints. */
export const noEndpoint = (documents: readonly [string, ...ReadonlyArray<string>]) =>
  HttpRouter.add(
    "*",
    "/api/*",
    Effect.map(HttpServerRequest.HttpServerRequest, ({ method, url }) => {
      const methods = methodsOf(url.split("?")[0] ?? "", documents)
      if (methods.length === 0) {
        return problem(404, "Not found", `No such endpoint. For a list: GET ${documents[0]}`)
      }
      const allowed = methods.join(", ")
      return HttpServerResponse.setHeader(
        problem(405, "Method not allowed", `Use ${allowed}, not ${method}.`),
        "allow",
        allowed
      )
    })
  )
