import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { HttpServer } from "effect/http"
import { Budget, LiveParticipants } from "@usher/core"
import { contract, spot } from "../../../packages/core/test/contract.ts"
import { Sandbox } from "../src/index.ts"

const secretKey = Redacted.make("the-key-of-the-spot")

const layerParticipants = Layer.unwrap(
  HttpServer.addressFormattedWith((baseUrl) =>
    Effect.succeed(LiveParticipants.layer({ secretKey, baseUrl }))
  )
)

contract(
  "the sandbox over HTTP",
  layerParticipants.pipe(
    Layer.provide(Sandbox.layer({ secretKey, spot })),
    Layer.provide([Budget.layerUnlimited, NodeHttpClient.layerUndici])
  )
)
