import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { HttpServer } from "effect/http"
import {
  Budget,
  Groups,
  LiveParticipants,
  Lives,
  MeltingSpotClient,
  Speakers,
  SpotMembers
} from "@usher/core"
import { apiContract, spot as sample } from "../../../packages/core/test/apiContract.ts"
import { contract, spot } from "../../../packages/core/test/contract.ts"
import { Sandbox } from "../src/index.ts"

const secretKey = Redacted.make("the-key-of-the-spot")

const layerParticipants = Layer.unwrap(
  HttpServer.addressFormattedWith((baseUrl) => Effect.succeed(LiveParticipants.layer({ secretKey, baseUrl })))
)

contract(
  "the sandbox over HTTP",
  layerParticipants.pipe(
    Layer.provide(Sandbox.layer({ secretKey, spot })),
    Layer.provide([Budget.layerUnlimited, NodeHttpClient.layerUndici])
  )
)

const layerServices = Layer.unwrap(
  HttpServer.addressFormattedWith((baseUrl) => {
    const options = { secretKey, baseUrl }
    return Effect.succeed(
      Layer.mergeAll(
        LiveParticipants.layer(options),
        Lives.layer(options),
        Speakers.layer(options),
        SpotMembers.layer(options),
        Groups.layer(options),
        MeltingSpotClient.layer(options)
      )
    )
  })
)

apiContract(
  "the sandbox over HTTP",
  layerServices.pipe(
    Layer.provide(Sandbox.layer({ secretKey, spot: sample })),
    Layer.provide([Budget.layerUnlimited, NodeHttpClient.layerUndici])
  )
)
