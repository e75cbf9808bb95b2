/** A program with a relay and the admin API in itself. */
import { Context, Effect, Layer, Option, Redacted } from "effect"
import {
  FetchHttpClient,
  HttpClient,
  HttpClientRequest,
  HttpClientResponse,
  HttpRouter,
  HttpServer
} from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { type Embedding, Mapping, RelaySqlite, Source } from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { Api } from "../src/index.ts"
import * as AdminServer from "../src/AdminServer.ts"
import * as Reload from "../src/Reload.ts"
import * as Settings from "../src/Settings.ts"

export const publicUrl = "https://hooks.example.com"
export const operate = "operate-0123456789abcdef0123456789abcdef"
export const read = "read-0123456789abcdef0123456789abcdef0"

export const options: AdminServer.Options = {
  publicUrl,
  tokens: [
    { name: "ops", scope: "operate", secret: Redacted.make(operate) },
    { name: "viewer", scope: "read", secret: Redacted.make(read) }
  ]
}

const form = Effect.gen(function* () {
  return yield* Source.make({
    name: "form",
    sender: Option.getOrThrow(Senders.get("token")),
    secrets: [Secret.make("the-token-of-the-form")],
    spot: "main",
    mapping: yield* Mapping.make({ live: "live-1", member: { expr: "email" } })
  })
})

export const relay = RelaySqlite.layer({
  filename: ":memory:",
  sources: [form],
  spots: { main: { secretKey: Redacted.make("key-of-the-spot") } }
}).pipe(
  Layer.provide(
    Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 200 })))
      )
    )
  )
)

/** The program's web handler, and the services of the relay behind it. */
export const program = Effect.gen(function* () {
  let services: Context.Context<Embedding.Services> | undefined
  const seen = Layer.effectDiscard(
    Effect.map(Effect.context<Embedding.Services>(), (context) => void (services = context))
  )
  const { handler, dispose } = HttpRouter.toWebHandler(
    Layer.merge(AdminServer.layer(options), seen).pipe(
      Layer.provide([Reload.layerNone, Settings.layerNone]),
      Layer.provideMerge(relay),
      Layer.provide(HttpServer.layerServices)
    ),
    { disableLogger: true }
  )
  yield* Effect.addFinalizer(() => Effect.promise(dispose))
  const ask = (path: string, init?: RequestInit) =>
    Effect.promise(() => handler(new Request(publicUrl + path, init)))
  yield* ask("/api/nothing")
  const clientOf = (token: string) =>
    HttpApiClient.make(Api.AdminApi, {
      baseUrl: publicUrl,
      transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(token))
    }).pipe(
      Effect.provide(FetchHttpClient.layer),
      Effect.provideService(FetchHttpClient.Fetch, (input, init) => handler(new Request(input, init)))
    )
  return {
    ask,
    operator: yield* clientOf(operate),
    viewer: yield* clientOf(read),
    services: yield* Effect.fromNullishOr(services)
  }
})
