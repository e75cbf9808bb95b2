/** The examples as a user runs them: each a process of its own, before the contract served over real HTTP. */
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
import { sender } from "../fixtures.ts"

const secretKey = "the-key-of-the-spot"
const examples = join(import.meta.dirname, "../../examples")

const secrets = {
  shop: `whsec_${btoa("the secret of the ticket shop")}`,
  newsletter: `whsec_${btoa("the secret of the newsletter")}`,
  "sign-up": `whsec_${btoa("the secret of the sign-up")}`,
  "sales-form": `whsec_${btoa("the secret of the forms")}`,
  "support-form": `whsec_${btoa("the secret of the forms")}`
}

const upstream = HttpRouter.serve(
  HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi).pipe(
    Layer.provide(MeltingSpotServer.layerHandlers),
    Layer.provide(MeltingSpotServer.layerSecretKey(Redacted.make(secretKey)))
  ),
  { disableLogger: true, disableListenLog: true }
).pipe(
  Layer.provideMerge(MeltingSpotMemory.layer()),
  Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
  Layer.provideMerge(NodeHttpClient.layerUndici),
  Layer.provideMerge(NodeServices.layer)
)

/** An example, in a folder of its own; where it listens. */
const start = Effect.fnUntraced(function* (example: string) {
  const files = yield* FileSystem.FileSystem
  const baseUrl = yield* HttpServer.addressFormattedWith(Effect.succeed)
  const child = yield* ChildProcess.make(process.execPath, [join(examples, example)], {
    cwd: yield* files.makeTempDirectoryScoped({ prefix: "usher-embed-" }),
    env: {
      MELTINGSPOT_BASE_URL: baseUrl,
      MELTINGSPOT_SECRET_KEY: secretKey,
      SALES_MELTINGSPOT_BASE_URL: baseUrl,
      SALES_MELTINGSPOT_SECRET_KEY: secretKey,
      SUPPORT_MELTINGSPOT_BASE_URL: baseUrl,
      SUPPORT_MELTINGSPOT_SECRET_KEY: secretKey,
      SHOP_SECRET: secrets.shop,
      NEWSLETTER_SECRET: secrets.newsletter,
      SIGN_UP_SECRET: secrets["sign-up"],
      FORM_SECRET: secrets["sales-form"],
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
    const { child, url } = yield* start("embed.ts")
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

it.live("is a handler in an Express app, and answers promise code", () =>
  Effect.gen(function* () {
    const { child, url } = yield* start("express.ts")
    const person = "alice@example.com"
    expect(yield* deliver(url, "sign-up", { email: person })).toBe(202)
    const invitations = Effect.flatMap(HttpClient.get(`${url}/invitations/${person}`), ({ json }) => json)
    const found = yield* Effect.repeat(Effect.delay(invitations, "10 millis"), {
      until: (found) => JSON.stringify(found).includes('"invited"')
    })
    expect(found).toEqual([{ liveId: "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10", status: "invited" }])
    const { status } = yield* HttpClient.post(`${url}/webhooks/sign-up/extra`)
    expect(status).toBe(404)
    yield* child.kill()
    expect(yield* child.exitCode).toBe(0)
  }).pipe(Effect.scoped, Effect.provide(upstream))
)

it.live("invites with several Spots", () =>
  Effect.gen(function* () {
    const { child, url } = yield* start("severalSpots.ts")
    expect(yield* deliver(url, "sales-form", { email: "alice@example.com" })).toBe(202)
    expect(yield* deliver(url, "support-form", { email: "bob@example.com" })).toBe(202)
    yield* Effect.repeat(Effect.delay(guests, "10 millis"), { until: (all) => all.length >= 2 })
    expect(yield* guests).toEqual(["alice@example.com", "bob@example.com"])
    yield* child.kill()
  }).pipe(Effect.scoped, Effect.provide(upstream))
)

it.effect("are what the README shows, and all of them are named there", () =>
  Effect.gen(function* () {
    const { readDirectory, readFileString } = yield* FileSystem.FileSystem
    const bare = (code: string) => code.replaceAll(/\s/g, "")
    const names = yield* readDirectory(examples)
    const sources = yield* Effect.forEach(names, (name) => readFileString(join(examples, name)))
    const readme = yield* readFileString(join(import.meta.dirname, "../../README.md"))
    const pieces = Array.from(readme.matchAll(/^```ts\n(.*?)^```/gms), ([, code = ""]) =>
      code.split("\n\n")
    ).flat()
    expect(pieces.length).toBeGreaterThan(5)
    const all = sources.map(bare)
    expect(pieces.filter((piece) => !all.some((source) => source.includes(bare(piece))))).toEqual([])
    expect(names.filter((name) => !readme.includes(`(examples/${name})`))).toEqual([])
  }).pipe(Effect.provide(NodeServices.layer))
)
