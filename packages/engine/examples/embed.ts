/** An HTTP server that was there before, and the relay beside its routes: a ticket shop's guests are invited. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { MeltingSpotConfig } from "@usher/core"
import { Health, Mapping, MetricsPage, RelaySqlite, Source } from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { Config, Effect, Layer, Option, Schema } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"

const Hello = HttpRouter.add("GET", "/hello", HttpServerResponse.text("fine"))

const Order = Schema.Struct({
  event: Schema.String,
  tickets: Schema.Array(
    Schema.Struct({ holder: Schema.String, kind: Schema.Literals(["online", "on site"]) })
  )
})

const lives = new Map([["launch", "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"]])

const signed = Option.getOrThrow(Senders.get("standard-webhooks"))

const shop = Effect.gen(function* () {
  const secret = yield* Config.Redacted("SHOP_SECRET")
  return yield* Source.make({
    name: "shop",
    sender: signed,
    secrets: [Secret.make(secret)],
    spot: "main",
    schema: Order,
    version: "1",
    invitations: ({ event, tickets }) => {
      const liveId = lives.get(event)
      if (liveId === undefined) return []
      return tickets.filter(({ kind }) => kind === "online").map(({ holder }) => ({ liveId, member: holder }))
    }
  })
})

const newsletter = Effect.gen(function* () {
  const secret = yield* Config.Redacted("NEWSLETTER_SECRET")
  const mapping = yield* Mapping.make({
    live: "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10",
    member: { expr: "[subscribers[wantsLive].email]" }
  })
  return yield* Source.make({
    name: "newsletter",
    sender: signed,
    secrets: [Secret.make(secret)],
    spot: "main",
    mapping
  })
})

const Invitations = RelaySqlite.layer({
  filename: "relay.db",
  sources: [shop, newsletter],
  spots: { main: Config.unwrap(MeltingSpotConfig.config) }
})

const Routes = Layer.mergeAll(Hello, Health.layer, MetricsPage.layer).pipe(Layer.provideMerge(Invitations))

HttpRouter.serve(Routes).pipe(
  Layer.provide(
    // Node would drop the body of a request that offers an upgrade, as some clients do with each one.
    NodeHttpServer.layerConfig(() => createServer({ shouldUpgradeCallback: () => false }), {
      host: Config.String("HOST").pipe(Config.withDefault("127.0.0.1")),
      port: Config.Int("PORT").pipe(Config.withDefault(3000))
    })
  ),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.launch,
  NodeRuntime.runMain
)
