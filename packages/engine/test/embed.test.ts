/** The example as a user runs it: a process of its own, before the contract served over real HTTP. */
import { NodeHttpClient, NodeHttpServer, NodeServices } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { MeltingSpotApi } from "@usher/core"
import { MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { sign } from "@usher/signatures/testing"
import { DateTime, Deferred, Effect, FileSystem, Layer, Redacted, Stream } from "effect"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { ChildProcess } from "effect/process"
import { createServer } from "node:http"
import { join } from "node:path"
import { sender } from "./fixtures.ts"

const secretKey = "the-key-of-the-spot"
const example = join(import.meta.dirname, "../examples/embed.ts")

const secrets = {
  shop: `whsec_${btoa("the secret of the ticket shop")}`,
  newsletter: `whsec_${btoa("the secret of the newsletter")}`
}

const upstream = HttpRouter.serve(
  HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi).pipe(
    Layer.provide(MeltingSpotServer.layerHandlers),
    Layer.provide(MeltingSpotServer.layerSecretKey(Redacted.make(secretKey)))
  ),
  { disableLogger: true, disableListenLog: true }
).pipe(
  Layer.provideMerge(MeltingSpotMemory.MeltingSpot.layer()),
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provideMerge(NodeHttpClient.layerUndici),
  Layer.provideMerge(NodeServices.layer)
)

/** The example, in a folder of its own; where it listens. */
const start = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const child = yield* ChildProcess.make(process.execPath, [example], {
    cwd: yield* files.makeTempDirectoryScoped({ prefix: "usher-embed-" }),
    env: {
      MELTINGSPOT_BASE_URL: yield* HttpServer.addressFormattedWith(Effect.succeed),
      MELTINGSPOT_SECRET_KEY: secretKey,
      SHOP_SECRET: secrets.shop,
      NEWSLETTER_SECRET: secrets.newsletter,
      PUBLIC_URL: "https://tickets.example.com",
      PORT: "0"
    },
    extendEnv: true
  })
  const listening = yield* Deferred.make<string>()
  yield* child.all.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.map((line) => /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]),
    Stream.filter((url) => url !== undefined),
    Stream.runForEach((url) => Deferred.succeed(listening, url)),
    Effect.forkScoped
  )
  return { child, url: yield* Deferred.await(listening) }
})

const deliver = Effect.fnUntraced(function* (url: string, source: keyof typeof secrets, body: unknown) {
  const signed = yield* sign(sender, {
    secret: secrets[source],
    id: "msg_1",
    body: JSON.stringify(body),
    at: yield* DateTime.now
  })
  const response = yield* HttpClientRequest.post(`${url}/webhooks/${source}`).pipe(
    HttpClientRequest.setHeaders(signed.headers),
    HttpClientRequest.bodyUint8Array(signed.body, "application/json"),
    HttpClient.execute
  )
  yield* response.arrayBuffer
  return response.status
})

const guests = MeltingSpotMemory.MeltingSpot.use(({ entries }) =>
  Effect.map(entries, (all) => all.map(({ participant }) => participant.spotMemberEmail).toSorted())
)

it.live("embeds the relay in a server with routes of its own, and ends when it is asked to", () =>
  Effect.gen(function* () {
    const { child, url } = yield* start
    expect(yield* Effect.flatMap(HttpClient.get(`${url}/hello`), ({ text }) => text)).toBe("fine")
    const ticket = (holder: string, kind: string) => ({ holder, kind })
    const tickets = [ticket("alice@example.com", "online"), ticket("bob@example.com", "on site")]
    const subscribers = [
      { email: "carol@example.com", wantsLive: true },
      { email: "dora@example.com", wantsLive: false }
    ]
    expect(yield* deliver(url, "shop", { event: "launch", tickets })).toBe(202)
    expect(yield* deliver(url, "newsletter", { subscribers })).toBe(202)
    yield* Effect.repeat(Effect.delay(guests, "10 millis"), { until: (all) => all.length >= 2 })
    expect(yield* guests).toEqual(["alice@example.com", "carol@example.com"])
    yield* child.kill()
    expect(yield* child.exitCode).toBe(130)
  }).pipe(Effect.scoped, Effect.provide(upstream))
)

it.effect("is what the README shows", () =>
  Effect.gen(function* () {
    const { readFileString } = yield* FileSystem.FileSystem
    const bare = (code: string) => code.replaceAll(/\s/g, "")
    const source = bare(yield* readFileString(example))
    const readme = yield* readFileString(join(import.meta.dirname, "../README.md"))
    const pieces = Array.from(readme.matchAll(/^```ts\n(.*?)^```/gms), ([, code = ""]) =>
      code.split("\n\n")
    ).flat()
    expect(pieces.length).toBeGreaterThan(5)
    expect(pieces.filter((piece) => !source.includes(bare(piece)))).toEqual([])
  }).pipe(Effect.provide(NodeServices.layer))
)
