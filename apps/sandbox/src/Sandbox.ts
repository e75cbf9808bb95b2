/**
 * An emulation of MeltingSpot's API by the contract in `@usher/core`, over HTTP or without a network.
 *
 * `GET /sandbox` shows the ledger and `GET /sandbox/summary` its counts. `PUT /sandbox/fault` sets faults,
 * `DELETE /sandbox/fault` removes them, and `DELETE /sandbox` resets everything.
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
  /** The secret key. Calls without it in `Authorization`, plain or after `Bearer `, get 401. */
  readonly secretKey: Redacted.Redacted
  /**
   * The initial Lives, members and groups, and the limits that the reference leaves open: page sizes, and the maximum
   * number of members in one call. Default: every Live exists, with `host@example.com` as the only member.
   * `MeltingSpotMemory.sample` is a sample Spot.
   */
  readonly spot?: MeltingSpotMemory.Options | undefined
}

export interface Options extends Emulation {
  /** Default: 127.0.0.1. */
  readonly host?: string | undefined
  /** Default: 0, any free port. */
  readonly port?: number | undefined
}

/** Serves the emulation over HTTP, with its server and its ledger as services. */
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

/** An `HttpClient` that calls the emulation in the same fiber, so that a test clock can skip a day. */
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

/** Counts the people that each call invites in the ledger. */
const layerCounted = Layer.effect(
  MeltingSpotMemory.MeltingSpot,
  Effect.gen(function* () {
    const spot = yield* MeltingSpotMemory.MeltingSpot
    const ledger = yield* Ledger
    return MeltingSpotMemory.MeltingSpot.of({
      ...spot,
      invite: (invitation) => Effect.tap(spot.invite(invitation), ledger.requested(1)),
      inviteMany: (invitation) => {
        const { spotMemberIds = [], emails = [] } = invitation.members
        return Effect.tap(spot.inviteMany(invitation), ledger.requested(spotMemberIds.length + emails.length))
      },
      inviteSpeakers: (invitation) =>
        Effect.tap(spot.inviteSpeakers(invitation), ledger.requested(invitation.spotMemberIds.length))
    })
  })
)

const layerSpot = (options: Emulation) =>
  Ledger.layer.pipe(
    Layer.provideMerge([Limits.Limits.layer(options), Faults.layer(), MeltingSpotMemory.layer(options.spot)])
  )
