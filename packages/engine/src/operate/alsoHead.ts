/** Adds HEAD to a GET route. A router with a catch-all route does not do this by itself. */
import type { Effect } from "effect"
import { HttpRouter, type HttpServerResponse } from "effect/http"

export const alsoHead = <E, R>(
  path: HttpRouter.PathInput,
  handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) => [HttpRouter.route("GET", path, handler), HttpRouter.route("HEAD", path, handler)] as const
