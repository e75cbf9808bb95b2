/** Responses for requests without a route, and helpers for routes. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import type * as Http from "node:http"
import { problem } from "@usher/admin/ProblemResponse"
import { pathOf } from "./normalForm.ts"

/** Whether this Node supports the option, since 24.9. */
export const ignoresUpgrade = (server: Http.Server): boolean => "shouldUpgradeCallback" in server

/** Warns about a Node that drops the bodies of requests with an Upgrade header. */
export const layerUpgradeWarning = (server: Http.Server) =>
  Layer.effectDiscard(
    ignoresUpgrade(server)
      ? Effect.void
      : Effect.logWarning(
          `Node ${process.version} drops the body of a request with an Upgrade header, so such a webhook would be lost: use Node 24.9 or later, or a proxy that removes the header`
        )
  )

/** Routes for GET and HEAD. With a catch-all route, the router does not derive HEAD from GET. */
export const alsoHead = <E, R>(
  path: HttpRouter.PathInput,
  handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => [HttpRouter.route("GET", path, handler), HttpRouter.route("HEAD", path, handler)] as const

/** A content security policy for pages that load scripts and data only from the relay, with additional directives. */
export const contentPolicy = (...directives: ReadonlyArray<string>): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    ...directives,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; ")

/** The paths of pages, which allow only GET and HEAD. */
const pages: ReadonlySet<string> = new Set(["/", "/favicon.svg", "/healthz", "/readyz", "/metrics"])

const isPage = (path: string): boolean => pages.has(path) || path.startsWith("/assets/")

const notFound = problem(404, "Not found", "Send webhooks to POST /webhooks/{source}.")

/** Answers all requests without a route. */
export const layerRest = HttpRouter.add("*", "/*", (request) => {
  const { method } = request
  return Effect.succeed(
    method === "GET" || method === "HEAD" || !isPage(pathOf(request))
      ? notFound
      : HttpServerResponse.setHeader(
          problem(405, "Method not allowed", `Use GET or HEAD, not ${method}.`),
          "allow",
          "GET, HEAD"
        )
  )
})
