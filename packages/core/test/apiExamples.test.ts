/** The examples of the other services as a user runs them: processes of their own, before a Spot over real HTTP. */
import { NodeHttpServer, NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { ChildProcess } from "effect/process"
import { createServer } from "node:http"
import { join } from "node:path"
import { MeltingSpotApi } from "../src/index.ts"
import { MeltingSpotMemory, MeltingSpotServer } from "../src/testing.ts"

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

/** The lines that an example prints until it ends well. */
const run = Effect.fnUntraced(function* (file: string) {
  const child = yield* ChildProcess.make(process.execPath, [file], {
    cwd: join(import.meta.dirname, "../examples"),
    env: {
      MELTINGSPOT_BASE_URL: yield* HttpServer.addressFormattedWith(Effect.succeed),
      MELTINGSPOT_SECRET_KEY: secretKey
    },
    extendEnv: true
  })
  const printed = yield* child.all.pipe(Stream.decodeText, Stream.splitLines, Stream.runCollect)
  if ((yield* child.exitCode) !== 0) expect.fail(printed.join("\n"))
  return printed
}, Effect.scoped)

describe("the example", () => {
  it.live.each([
    ["findLive.ts", ["live-1: Product launch", "live-4: Customer day", "grace@example.com is Invited"]],
    ["speakers.ts", ["ada@example.com: Speaker", "In the group now: member-1"]],
    ["anyRoute.ts", ["Added member-1, failed nobody"]],
    ["readWebhook.ts", ["Invited to Product launch at 2024-05-07T15:28:34.000Z"]]
  ] as const)("%s prints what it should", ([file, printed]) =>
    Effect.gen(function* () {
      expect(yield* run(file)).toEqual(printed)
    }).pipe(Effect.provide(upstream))
  )
})
