/** An HTTP app that was there before, and the one route that lets its visitors join a Live. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { InviteError, LiveParticipants } from "@usher/core"
import { Config, Duration, Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"

const liveId = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const Health = HttpRouter.add("GET", "/health", HttpServerResponse.text("fine"))

const Guest = Schema.Struct({ email: Schema.String })

const Guests = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const { invite } = yield* LiveParticipants.LiveParticipants
    yield* router.add("POST", "/guests", () =>
      HttpServerRequest.schemaBodyJson(Guest).pipe(
        Effect.flatMap(({ email }) => invite({ liveId, member: email })),
        Effect.as(say(201, "Your invitation is on its way")),
        Effect.catchTags({
          AlreadyInvited: () => Effect.succeed(say(200, "You are on the list already")),
          UndecodableAnswer: () => Effect.succeed(say(201, "Your invitation is on its way")),
          MalformedPayload: () => Effect.succeed(say(422, "This is no address we can invite")),
          SchemaError: () => Effect.succeed(say(400, 'Send JSON such as {"email":"…"}')),
          HttpServerError: () => Effect.succeed(say(400, "Send JSON")),
          RateLimited: later,
          UpstreamUnavailable: later
        }),
        Effect.catch((ours) => Effect.as(Effect.logError(ours.message), say(502, "This is our fault")))
      )
    )
  })
)

const say = (status: number, text: string) => HttpServerResponse.text(`${text}\n`, { status })

const later = (error: InviteError.InviteError) => {
  const seconds = Math.ceil(Duration.toSeconds(InviteError.retryAfter(error) ?? "30 seconds"))
  return Effect.succeed(
    HttpServerResponse.setHeader(say(503, "Come back later"), "retry-after", `${seconds}`)
  )
}

HttpRouter.serve(Layer.merge(Health, Guests)).pipe(
  Layer.provide(
    NodeHttpServer.layerConfig(() => createServer(), {
      host: Config.String("HOST").pipe(Config.withDefault("127.0.0.1")),
      port: Config.Int("PORT").pipe(Config.withDefault(3000))
    })
  ),
  Layer.provide(LiveParticipants.layerConfig()),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.launch,
  NodeRuntime.runMain
)
