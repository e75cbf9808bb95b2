/**
 * MeltingSpot's API emulated, from the contract in `@usher/core`: over real HTTP, or without a network.
 *
 * `GET /sandbox` shows the ledger and `GET /sandbox/summary` its counts, `PUT /sandbox/fault` makes the API fail,
 * `DELETE /sandbox/fault` mends it, and `DELETE /sandbox` forgets all.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer, type Redacted } from "effect"
import { HttpClient, HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { MeltingSpotApi } from "@usher/core"
import { Faults, MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { createServer } from "node:http"
import { Connection, Cut, isCut } from "./Connection.ts"
import * as Control from "./Control.ts"
import * as Gate from "./Gate.ts"
import { Ledger } from "./Ledger.ts"
import * as Limits from "./Limits.ts"

export interface Emulation extends Limits.Options {
  /** Calls without exactly this value (or `Bearer ` before it) in `Authorization` get 401. */
  readonly secretKey: Redacted.Redacted
  /**
   * What is there from the start (Lives, members, groups), and what the reference leaves open: page sizes, and the most
   * members in one call. Default: every Live exists, with `host@example.com` as the only member. `MeltingSpotMemory.sample`
   * is a Spot to try things with.
   */
  readonly spot?: MeltingSpotMemory.Options | undefined
}

export interface Options extends Emulation {
  /** Default 127.0.0.1. */
  readonly host?: string | undefined
  /** Default 0: any free one. */
  readonly port?: number | undefined
}

/** Serves for as long as it lives. The server tells its address, and the ledger can be looked into. */
export const layer = (options: Options) => {
  const { host = "127.0.0.1", port = 0 } = options
  return HttpRouter.serve(layerRoutes(options.secretKey), {
    disableLogger: true,
    disableListenLog: true
  }).pipe(
    Layer.provide(Connection.layerNode),
    Layer.provideMerge(layerSpot(options)),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host, port }))
  )
}

/** An `HttpClient` that is answered in the fiber that calls: under a test's clock a day passes at once. */
export const layerHttpClient = (options: Emulation) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const handle = yield* HttpRouter.toHttpEffect(
        layerRoutes(options.secretKey).pipe(Layer.provide([Connection.layerMemory, HttpServer.layerServices]))
      )
      return MeltingSpotServer.httpClientOf(handle, (cause) => (isCut(cause) ? new Cut() : undefined))
    })
  ).pipe(Layer.provideMerge(layerSpot(options)))

const layerRoutes = (secretKey: Redacted.Redacted) =>
  Layer.mergeAll(
    HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi, { openapiPath: "/openapi.json" }).pipe(
      Layer.provide(MeltingSpotServer.layerHandlers),
      Layer.provide(layerCounted),
      Layer.provide(MeltingSpotServer.layerSecretKey(secretKey))
    ),
    Control.layer,
    Gate.layer(secretKey)
  )

/** The Spot, whose ledger learns how many people a call invites. */
const layerCounted = Layer.effect(
  MeltingSpotMemory.MeltingSpot,
  Effect.gen(function* () {
    const spot = yield* MeltingSpotMemory.MeltingSpot
    const ledger = yield* Ledger
    return MeltingSpotMemory.MeltingSpot.of({
      ...spot,
      invite: (invitation) => Effect.tap(spot.invite(invitation), ledger.asked(1)),
      inviteMany: (invitation) => {
        const { spotMemberIds = [], emails = [] } = invitation.members
        return Effect.tap(spot.inviteMany(invitation), ledger.asked(spotMemberIds.length + emails.length))
      },
      inviteSpeakers: (invitation) =>
        Effect.tap(spot.inviteSpeakers(invitation), ledger.asked(invitation.spotMemberIds.length))
    })
  })
)

const layerSpot = (options: Emulation) =>
  Ledger.layer.pipe(
    Layer.provideMerge([Limits.Limits.layer(options), Faults.layer(), MeltingSpotMemory.layer(options.spot)])
  )
