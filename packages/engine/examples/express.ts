/** The relay in an Express app, and promise code that asks it who was invited. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { MeltingSpotConfig } from "@usher/core"
import { Mapping, Operations, RelaySqlite, Source } from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { Config, Effect, Layer, ManagedRuntime, Option } from "effect"
import { HttpRouter } from "effect/http"
import express from "express"
import { once } from "node:events"
import { createServer } from "node:http"

const signUp = Effect.gen(function* () {
  return yield* Source.make({
    name: "sign-up",
    sender: Option.getOrThrow(Senders.get("standard-webhooks")),
    secrets: [Secret.make(yield* Config.Redacted("SIGN_UP_SECRET"))],
    spot: "main",
    mapping: yield* Mapping.make({
      live: "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10",
      member: { expr: "email" }
    })
  })
})

const runtime = ManagedRuntime.make(
  RelaySqlite.layer({
    filename: "relay.db",
    sources: [signUp],
    spots: { main: Config.unwrap(MeltingSpotConfig.config) }
  }).pipe(Layer.provideMerge(HttpRouter.layer), Layer.provide(NodeHttpClient.layerUndici))
)

const relay = await runtime.runPromise(
  Effect.flatMap(HttpRouter.HttpRouter, (router) =>
    NodeHttpServer.makeHandler(router.asHttpEffect(), { scope: runtime.scope })
  )
)

const app = express()

// Before body parsers: a sender signs the bytes as it sends them.
app.all("/webhooks/{*source}", (request, response) => relay(request, response))

app.get("/invitations/:person", (request, response, next) => {
  const { person } = request.params
  const found = Operations.Operations.use((operations) =>
    operations.searchInvitations({ person }, { limit: 10 })
  )
  runtime
    .runPromise(found)
    .then(({ items }) => response.json(items.map(({ liveId, status }) => ({ liveId, status }))), next)
})

const server = createServer({ shouldUpgradeCallback: () => false }, app)
server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1")
await once(server, "listening")
const address = server.address()
console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`)

// New requests are refused, those under way are answered, and the database is closed last.
process.once("SIGTERM", async () => {
  server.close()
  await once(server, "close")
  await runtime.dispose()
})
