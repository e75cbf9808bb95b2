/**
 * The relay as a process: HTTP server, database, upstream.
 *
 * Layers close from the inside out: the server stops accepting and answers what is in flight, calls under way end, and
 * the database closes last.
 */
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Path } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpMiddleware, HttpRouter, HttpServer, HttpServerResponse, ProblemDetails } from "effect/http"
import { Inbox, InboxSql, Relay } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { createServer } from "node:http"
import type { Resolved } from "./ConfigFile.ts"

const Health = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const inbox = yield* Inbox.Inbox
    yield* router.add("GET", "/healthz", HttpServerResponse.jsonUnsafe({ status: "alive" }))
    yield* router.add(
      "GET",
      "/readyz",
      inbox.check.pipe(
        Effect.timeout("2 seconds"),
        Effect.as(HttpServerResponse.jsonUnsafe({ status: "ready" })),
        Effect.catch((error) =>
          Effect.succeed(
            ProblemDetails.toResponse({
              type: ProblemDetails.blankType,
              status: 503,
              title: "Not ready",
              detail: error.message
            })
          )
        )
      )
    )
  })
)

const NotFound = HttpRouter.add(
  "*",
  "/*",
  ProblemDetails.toResponse({
    type: ProblemDetails.blankType,
    status: 404,
    title: "Not found",
    detail: "Webhooks are taken at POST /webhooks/{source}."
  })
)

/** The Inbox on the configured database; its folder is made if it is not there. */
export const layerInbox = (config: Resolved) =>
  InboxSql.layer.pipe(
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(SqliteClient.layer({ filename: config.databaseFile })),
    Layer.provide(
      Layer.effectDiscard(
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const path = yield* Path.Path
          yield* fs.makeDirectory(path.dirname(config.databaseFile), { recursive: true })
        })
      )
    )
  )

/** Serves until it is interrupted. The Inbox comes from outside, so that it is closed after everything else. */
export const layer = (config: Resolved) =>
  HttpRouter.serve(Layer.mergeAll(Relay.layer(config.relay), Health, NotFound), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(
        // A client that is slow with its headers or its body is cut off by Node itself, with a 408.
        () =>
          createServer({ headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 }),
        { host: config.host, port: config.port, gracefulShutdownTimeout: "10 seconds" }
      )
    ),
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.provide(HttpMiddleware.layerTracerDisabledForUrls(["/healthz", "/readyz"]))
  )

/** What a person may open, once the server listens. */
export const url = HttpServer.addressFormattedWith(Effect.succeed)
