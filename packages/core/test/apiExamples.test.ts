/** The examples of the other services as a user runs them, before a Spot over real HTTP. */
import { NodeHttpServer, NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { createServer } from "node:http"
import { vi } from "vitest"
import { MeltingSpotApi } from "../src/index.ts"
import { MeltingSpotMemory, MeltingSpotServer } from "../src/testing.ts"
import { printed, spawnExample, startExample } from "./runExample.ts"

vi.mock("@effect/platform-node/NodeRuntime", async () => (await import("./runExample.ts")).nodeRuntime)

const secretKey = "the-key-of-the-spot"

/** A route that the contract does not know. */
const channels = HttpRouter.add(
  "POST",
  "/v1/channels/:channelId/spotMembers~bulkAdd",
  HttpServerResponse.jsonUnsafe({ addedSpotMemberIds: ["member-1"], failedSpotMemberIds: ["nobody"] })
)

const upstream = HttpRouter.serve(
  Layer.merge(
    channels,
    HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi).pipe(
      Layer.provide(MeltingSpotServer.layerHandlers),
      Layer.provide(MeltingSpotServer.layerSecretKey(Redacted.make(secretKey)))
    )
  ),
  { disableLogger: true, disableListenLog: true }
).pipe(
  Layer.provide(MeltingSpotMemory.layer(MeltingSpotMemory.sample)),
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provideMerge(NodeServices.layer)
)

/** The lines that an example prints. One that leaves its program to no `runMain` is a process of its own. */
const run = Effect.fnUntraced(function* (file: string) {
  const baseUrl = yield* HttpServer.addressFormattedWith(Effect.succeed)
  const environment = { MELTINGSPOT_BASE_URL: baseUrl, MELTINGSPOT_SECRET_KEY: secretKey }
  const start = file === "readWebhook.ts" ? spawnExample : startExample
  return yield* printed(yield* start(environment, file))
}, Effect.scoped)

describe("the example", () => {
  it.live.each([
    ["findLive.ts", ["live-1: Product launch", "live-4: Customer day", "grace@example.com is Invited"]],
    ["speakers.ts", ["ada@example.com: Speaker", "In the group now: member-1"]],
    ["anyRoute.ts", ["Added member-1, failed nobody"]],
    ["readWebhook.ts", ["Invited to Product launch at 2024-05-07T15:28:34.000Z"]]
  ] as const)("%s prints what it should", ([file, wanted]) =>
    Effect.gen(function* () {
      expect(yield* run(file)).toEqual(wanted)
    }).pipe(Effect.provide(upstream))
  )
})
