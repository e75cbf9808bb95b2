/** Node's server as the relay needs it, and what it answers where no route does. */
import { Effect, Layer } from "effect"
import { FindMyWay, HttpRouter, HttpServerRequest, HttpServerResponse, ProblemDetails } from "effect/http"
import * as Http from "node:http"

/**
 * A server that ignores `Upgrade`, as RFC 9110 (section 7.8) lets it: Node would hand over such a request without its body, and
 * some clients offer HTTP/2 with each one.
 */
export const createServer = (options: Http.ServerOptions): Http.Server =>
  Http.createServer({ ...options, shouldUpgradeCallback: () => false })

/** Whether this Node knows the option: it does from 24.9 on. */
export const ignoresUpgrade = (server: Http.Server): boolean => "shouldUpgradeCallback" in server

/** Tells the operator of a Node that loses the bodies of such requests. */
export const layerUpgradeWarning = (server: Http.Server) =>
  Layer.effectDiscard(
    ignoresUpgrade(server)
      ? Effect.void
      : Effect.logWarning(
          `Node ${process.version} drops the body of a request with an Upgrade header, and a webhook sent so would be lost: run Node 24.9 or later, or a proxy that removes the header`
        )
  )

/** HEAD beside a GET of the same path: a router with a route for everything does not find it by itself. */
export const alsoHead = <E, R>(
  path: HttpRouter.PathInput,
  handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => [HttpRouter.route("GET", path, handler), HttpRouter.route("HEAD", path, handler)] as const

/** What is there to be looked at, besides the API and the webhooks, which answer for themselves. */
const pages = ["/", "/favicon.svg", "/assets/*", "/healthz", "/readyz", "/metrics"] as const

/** Read as the router reads them. */
const known = FindMyWay.make<true>()
for (const page of pages) known.on("GET", page, true)

const problem = (status: number, title: string, detail: string) =>
  ProblemDetails.toResponse({ type: ProblemDetails.blankType, status, title, detail })

const notFound = problem(404, "Not found", "Webhooks are taken at POST /webhooks/{source}.")

/** Everything that no other route takes. */
export const layerRest = HttpRouter.add(
  "*",
  "/*",
  Effect.map(HttpServerRequest.HttpServerRequest, ({ method, url }) =>
    method === "GET" || method === "HEAD" || known.find("GET", url) === undefined
      ? notFound
      : HttpServerResponse.setHeader(
          problem(405, "Method not allowed", `This takes GET and HEAD, not ${method}.`),
          "allow",
          "GET, HEAD"
        )
  )
)
