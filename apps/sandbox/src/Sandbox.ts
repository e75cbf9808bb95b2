/**
 * MeltingSpot's API emulated over real HTTP, from the contract in `@usher/core`.
 *
 * `GET /sandbox` shows the ledger, `PUT /sandbox/fault` makes the API fail, `DELETE /sandbox/fault` mends it, and
 * `DELETE /sandbox` forgets all.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, type Redacted } from "effect"
import { HttpEffect, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { MeltingSpotApi } from "@usher/core"
import { MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { createServer } from "node:http"
import { Fault, Ledger, State } from "./Ledger.ts"

export interface Options {
  /** Calls without exactly this value (or `Bearer ` before it) in `Authorization` get 401. */
  readonly secretKey: Redacted.Redacted
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default 0: any free one. */
  readonly port?: number | undefined
  /** What the reference leaves open: page sizes, and the most members in one call. */
  readonly spot?: MeltingSpotMemory.Options | undefined
}

/** Shows the fault instead of acting, and writes every call to the ledger. */
const layerObserver = HttpRouter.middleware(
  Effect.gen(function* () {
    const ledger = yield* Ledger
    return Effect.fnUntraced(function* (handle) {
      const request = yield* HttpServerRequest.HttpServerRequest
      if (!request.url.startsWith("/v1/")) return yield* handle
      const { method, url: path, headers } = request
      yield* HttpEffect.appendPreResponseHandler((_, response) =>
        Effect.as(
          ledger.record({
            method,
            path,
            status: response.status,
            traceparent: headers["traceparent"] ?? null
          }),
          response
        )
      )
      const fault = yield* ledger.nextFault
      return fault === undefined ? yield* handle : show(fault)
    })
  }),
  { global: true }
)

const show = (fault: typeof Fault.Type) =>
  HttpServerResponse.empty({
    status: fault.status,
    headers: fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter }
  })

const refuseFault = (why: string) =>
  Effect.succeed(
    HttpServerResponse.text(`Send JSON such as {"status":503,"times":2,"retryAfter":"5"}. ${why}\n`, {
      status: 400
    })
  )

const Control = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const ledger = yield* Ledger
    const encode = HttpServerResponse.schemaJson(State)
    yield* router.add("GET", "/sandbox", Effect.flatMap(ledger.state, encode))
    yield* router.add("DELETE", "/sandbox", Effect.as(ledger.reset, HttpServerResponse.empty()))
    yield* router.add(
      "PUT",
      "/sandbox/fault",
      HttpServerRequest.schemaBodyJson(Fault).pipe(
        Effect.flatMap(ledger.setFault),
        Effect.as(HttpServerResponse.empty()),
        Effect.catchTags({
          SchemaError: (error) => refuseFault(error.message),
          HttpServerError: () => refuseFault("This is not JSON.")
        })
      )
    )
    yield* router.add(
      "DELETE",
      "/sandbox/fault",
      Effect.as(ledger.setFault(undefined), HttpServerResponse.empty())
    )
  })
)

/** Serves for as long as it lives. The server tells its address, and the ledger can be looked into. */
export const layer = (options: Options) => {
  const routes = Layer.mergeAll(
    HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi, { openapiPath: "/openapi.json" }).pipe(
      Layer.provide(MeltingSpotServer.layerHandlers),
      Layer.provide(MeltingSpotServer.layerSecretKey(options.secretKey))
    ),
    Control,
    layerObserver
  )
  const { host = "127.0.0.1", port = 0 } = options
  return HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(Ledger.layer),
    Layer.provideMerge(MeltingSpotMemory.MeltingSpot.layer(options.spot)),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host, port }))
  )
}
