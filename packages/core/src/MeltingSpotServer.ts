/**
 * Serves the upstream's contract from a `MeltingSpot`: over HTTP in the sandbox, or without a network in tests.
 */
import { type Cause, Effect, Layer, Redacted, type Scope } from "effect"
import {
  HttpClient,
  HttpClientError,
  HttpRouter,
  HttpServer,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Faults, layer as layerFaults, play } from "./Faults.ts"
import { MeltingSpotApi, SecretKey } from "./MeltingSpotApi.ts"
import { MeltingSpot } from "./MeltingSpotMemory.ts"
import * as Operation from "./Operation.ts"

/**
 * The handlers of the contract, for `HttpApiBuilder.layer(MeltingSpotApi)`.
 *
 * @category layers
 */
export const layerHandlers = Layer.mergeAll(
  HttpApiBuilder.group(
    MeltingSpotApi,
    "lives",
    Effect.fnUntraced(function* (handlers) {
      const spot = yield* MeltingSpot
      return handlers
        .handle("inviteLiveParticipant", ({ params, payload }) => spot.invite({ ...params, ...payload }))
        .handle("inviteLiveParticipants", ({ params, payload }) => spot.inviteMany({ ...params, ...payload }))
        .handle("listLiveParticipants", ({ params, query }) => spot.list(params.liveId, query))
        .handle("listLives", ({ query }) => spot.listLives(query))
        .handle("getLive", ({ params }) => spot.getLive(params.liveId))
        .handle("inviteLiveSpeakers", ({ params, payload }) => spot.inviteSpeakers({ ...params, ...payload }))
    })
  ),
  HttpApiBuilder.group(
    MeltingSpotApi,
    "spotMembers",
    Effect.fnUntraced(function* (handlers) {
      const spot = yield* MeltingSpot
      return handlers
        .handle("listSpotMembers", ({ query }) => spot.listMembers(query))
        .handle("getSpotMember", ({ params }) => spot.getMember(params.spotMemberId))
    })
  ),
  HttpApiBuilder.group(
    MeltingSpotApi,
    "groups",
    Effect.fnUntraced(function* (handlers) {
      const spot = yield* MeltingSpot
      return handlers
        .handle("listGroups", ({ query }) => spot.listGroups(query))
        .handle("listGroupMembers", ({ params, query }) => spot.listGroupMembers(params.groupId, query))
        .handle(
          "addMemberToGroup",
          Effect.fnUntraced(function* ({ params, payload }) {
            const added = yield* spot.addToGroup(params.groupId, [payload.spotMemberId])
            if (added.failedSpotMemberIds.length > 0) return yield* Effect.fail("Malformed payload" as const)
          })
        )
        .handle("addMembersToGroup", ({ params, payload }) =>
          spot.addToGroup(params.groupId, payload.spotMemberIds)
        )
    })
  )
)

/**
 * Accepts calls with exactly this key, or with `Bearer ` before it.
 *
 * @category layers
 */
export const layerSecretKey = (secretKey: Redacted.Redacted): Layer.Layer<SecretKey> =>
  Layer.sync(SecretKey, () => {
    const key = Redacted.value(secretKey)
    return SecretKey.of({
      secretKey: Effect.fnUntraced(function* (handle, { credential }) {
        const given = Redacted.value(credential)
        if (given !== key && given !== `Bearer ${key}`) return yield* Effect.fail("Unauthorized" as const)
        return yield* handle
      })
    })
  })

/**
 * An `HttpClient` whose requests the Spot answers, in the fiber of the caller: so the test controls the clock.
 *
 * @category layers
 */
export const layerHttpClient = (
  secretKey: Redacted.Redacted
): Layer.Layer<HttpClient.HttpClient, never, MeltingSpot> =>
  Layer.provide(layerHttpClientFaulty(secretKey), layerFaults())

/**
 * `layerHttpClient` with the `Faults`.
 *
 * @category layers
 */
export const layerHttpClientFaulty = (
  secretKey: Redacted.Redacted
): Layer.Layer<HttpClient.HttpClient, never, MeltingSpot | Faults> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const faults = yield* Faults
      const handle = yield* HttpRouter.toHttpEffect(
        HttpApiBuilder.layer(MeltingSpotApi).pipe(
          Layer.provide(layerHandlers),
          Layer.provide(layerSecretKey(secretKey)),
          Layer.provide(HttpServer.layerServices)
        )
      )
      const faulty = Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ method, url }) =>
        Effect.flatMap(faults.next({ method, ...Operation.read(method, url) }), (fault) =>
          fault === undefined ? handle : play(fault, handle, Effect.die(new Cut()))
        )
      )
      return httpClientOf(faulty, cutOf)
    })
  )

/** The error of a connection that was cut. */
class Cut {
  readonly code = "ECONNRESET"
}

const cutOf = (cause: Cause.Cause<unknown>): Cut | undefined =>
  cause.reasons.flatMap((reason) =>
    reason._tag === "Die" && reason.defect instanceof Cut ? [reason.defect] : []
  )[0]

/**
 * An `HttpClient` whose requests this handler answers, in the fiber of the caller.
 *
 * @category constructors
 */
export const httpClientOf = <E>(
  handle: Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    E,
    HttpServerRequest.HttpServerRequest | Scope.Scope
  >,
  /** The error of the connection, if this cause means that it is lost. Default: it never is. */
  lostBy: (cause: Cause.Cause<E>) => object | undefined = () => undefined
): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    handle.pipe(
      Effect.catchCause((cause) => {
        const lost = lostBy(cause)
        return lost === undefined
          ? Effect.map(HttpServerError.causeResponse(cause), ([response]) => response)
          : Effect.fail(
              new HttpClientError.HttpClientError({
                reason: new HttpClientError.TransportError({ request, cause: lost })
              })
            )
      }),
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
      Effect.provideService(
        HttpServerRequest.HttpServerRequest,
        HttpServerRequest.fromClientRequest(request)
      ),
      Effect.scoped
    )
  )
