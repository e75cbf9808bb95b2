/** What the admin API can't do, and paths under `/api` that are no endpoint, as problem details. */
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

/** The problem that stands for a database that can't be used. */
export const sorry = (cause: Gone) => {
  const { message } = cause instanceof Inbox.InboxUnavailable ? cause : new Inbox.InboxUnavailable({ cause })
  return new Problem.Unavailable({ detail: message })
}

/** A database that can't be used, to who asks over HTTP. */
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

/** The methods that a path under `/api` has; those of documents are read only. */
const methodsOf = (path: string, documents: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (documents.includes(path)) return ["GET"]
  const segments = path.split("/")
  return routes
    .filter((route) => route.segments.length === segments.length)
    .filter((route) => route.segments.every((part, at) => part.startsWith(":") || part === segments[at]))
    .map(({ method }) => method)
}

/** Everything under `/api` that is no endpoint. The first document is the one that lists them. */
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
