/** HEAD beside a GET of the same path: a router with a route for everything does not find it by itself. */
import type { Effect } from "effect"
import { HttpRouter, type HttpServerResponse } from "effect/http"

export const alsoHead = <E, R>(
  path: HttpRouter.PathInput,
  handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => [HttpRouter.route("GET", path, handler), HttpRouter.route("HEAD", path, handler)] as const
