import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Config, Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpServer } from "effect/http"
import * as Sandbox from "./Sandbox.ts"

const sandbox = Command.make(
  "sandbox",
  {
    host: Flag.String("host").pipe(
      Flag.withDefault("127.0.0.1"),
      Flag.withDescription("Address to listen on")
    ),
    port: Flag.Int("port").pipe(
      Flag.withDefault(8788),
      Flag.withDescription("Port to listen on; 0 takes a free one")
    ),
    secretKey: Flag.Redacted("secret-key").pipe(
      Flag.withFallbackConfig(Config.Redacted("MELTINGSPOT_SECRET_KEY")),
      Flag.withDescription("The key that callers must show (or MELTINGSPOT_SECRET_KEY)")
    )
  },
  (options) =>
    Sandbox.layer(options).pipe(
      Layer.tap((services) => Effect.provide(announce, services)),
      Layer.launch
    )
).pipe(Command.withDescription("MeltingSpot's API emulated, for trying things out"))

const announce = HttpServer.addressFormattedWith((url) =>
  Console.log(
    [
      `The sandbox listens on ${url}`,
      "  invite  POST /v1/lives/{liveId}/participants",
      "  bulk    POST /v1/lives/{liveId}/participants~bulkInvite",
      "  list    GET /v1/lives/{liveId}/participants",
      "  ledger  GET /sandbox",
      '  fail    PUT /sandbox/fault {"status":503}, mended by DELETE /sandbox/fault'
    ].join("\n")
  )
)

Command.run(sandbox, { version: "0.1.0" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
