/** The admin API without a network: each request is answered in the fiber that makes it. */
import { Effect, Scope } from "effect"
import { HttpClient, HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Layer } from "effect"
import type { Access } from "@usher/admin"
import * as Admin from "./Admin.ts"

/** What an answer holds, such as a stream that goes on, is let go of with the scope of the client. */
export const httpClient = Effect.fnUntraced(function* (
  options: Admin.Options,
  caller: Access.Caller["Service"]
) {
  const handle = yield* HttpRouter.toHttpEffect(
    Admin.layerFor(options, caller).pipe(Layer.provide(HttpServer.layerServices))
  )
  const scope = yield* Effect.scope
  return HttpClient.make((request) =>
    handle.pipe(
      Effect.orDie,
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
      Effect.provideService(
        HttpServerRequest.HttpServerRequest,
        HttpServerRequest.fromClientRequest(request)
      ),
      Effect.provideService(Scope.Scope, scope)
    )
  )
})
