/** One relay for two Spots: each has its own key, its own budget and its own sources. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { MeltingSpotConfig } from "@usher/core"
import { Mapping, RelaySqlite, Source } from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { Config, Effect, Layer, Option } from "effect"
import { HttpRouter } from "effect/http"
import { createServer } from "node:http"

/** Reads SALES_MELTINGSPOT_SECRET_KEY and its like. */
const spot = (prefix: string) => Config.unwrap(MeltingSpotConfig.config).pipe(Config.nested(prefix))

const form = Effect.fnUntraced(function* (spot: string, live: string) {
  return yield* Source.make({
    name: `${spot}-form`,
    sender: Option.getOrThrow(Senders.get("standard-webhooks")),
    secrets: [Secret.make(yield* Config.Redacted("FORM_SECRET"))],
    spot,
    mapping: yield* Mapping.make({ live, member: { expr: "email" } })
  })
})

const Invitations = RelaySqlite.layer({
  filename: "relay.db",
  sources: [
    form("sales", "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"),
    form("support", "7a1d2c3e-5b6f-4a8d-9e0c-1f2b3a4c5d6e")
  ],
  spots: { sales: spot("SALES"), support: spot("SUPPORT") }
})

HttpRouter.serve(Invitations).pipe(
  Layer.provide(
    NodeHttpServer.layerConfig(() => createServer({ shouldUpgradeCallback: () => false }), {
      host: Config.succeed("127.0.0.1"),
      port: Config.Int("PORT").pipe(Config.withDefault(3000))
    })
  ),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.launch,
  NodeRuntime.runMain
)
