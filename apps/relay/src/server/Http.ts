/** What the relay answers where no route does. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import type * as Http from "node:http"
import { problem } from "@usher/admin/ProblemResponse"
import { pathOf } from "./normalForm.ts"

/** Whether this Node knows the option: it does from 24.9 on. */
export const ignoresUpgrade = (server: Http.Server): boolean => "shouldUpgradeCallback" in server

/** Tells the operator of a Node that loses the bodies of such requests. */
export const layerUpgradeWarning = (server: Http.Server) =>
  Layer.effectDiscard(
    ignoresUpgrade(server)
      ? Effect.void
      : Effect.logWarning(
          `Node ${process.version} drops the body of a request with an Upgrade header, so such a webhook would be lost: use Node 24.9 or later, or a proxy that removes the header`
        )
  )

/** HEAD beside a GET of the same path: a router with a route for everything does not find it by itself. */
export const alsoHead = <E, R>(
  path: HttpRouter.PathInput,
  handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => [HttpRouter.route("GET", path, handler), HttpRouter.route("HEAD", path, handler)] as const

/** A policy for pages that load scripts and data from this relay only, with directives for everything else that they load. */
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

/** What is there to be looked at, besides the API and the webhooks, which answer for themselves. */
const pages: ReadonlySet<string> = new Set(["/", "/favicon.svg", "/healthz", "/readyz", "/metrics"])

const isPage = (path: string): boolean => pages.has(path) || path.startsWith("/assets/")

const notFound = problem(404, "Not found", "Send webhooks to POST /webhooks/{source}.")

/** Everything that no other route takes. */
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
