/**
 * Inviting people to a Live: one call is one attempt, and every way it can end is in the type.
 *
 * @since 0.1.0
 */
import { Config, Context, Duration, Effect, flow, Layer, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { decodeAnswer, fromClientError, oneLine } from "./internal/answer.ts"
import { Invitation, InvitationPayload } from "./Invitation.ts"
import { type InviteError, MalformedPayload, UpstreamUnavailable } from "./InviteError.ts"
import { baseUrl, participantsPath } from "./MeltingSpotApi.ts"
import type { Participant } from "./Participant.ts"

/**
 * How to reach the upstream.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The secret key of the Spot (Spot settings, "API Access"). */
  readonly secretKey: Redacted.Redacted
  /** Default `https://openapi.meltingspot.io`. */
  readonly baseUrl?: string | undefined
  /**
   * What stands before the key in the `Authorization` header. The documentation reads as if nothing did; should your
   * Spot want it, set `"Bearer "` with its space. Default `""`.
   */
  readonly authorizationPrefix?: string | undefined
  /** How long one attempt may take, from the connection to the last byte of the answer. Default 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** Default `usher`. */
  readonly userAgent?: string | undefined
  /** Whether the upstream gets to see our trace ids (`traceparent`). Default `false`: it is somebody else's system. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * The participants of Lives.
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const participants = yield* LiveParticipants
 *   return yield* participants.invite({ liveId: "3f0c…", member: "alice@example.com" })
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class LiveParticipants extends Context.Service<
  LiveParticipants,
  {
    /**
     * Invites one person to one Live (`POST /v1/lives/{liveId}/participants`): one attempt, no retry. Interrupting it
     * aborts the request. Fails with `AlreadyInvited` when the upstream answers `200`; inviting again does no harm.
     */
    readonly invite: (invitation: Invitation) => Effect.Effect<Participant, InviteError>
  }
>()("@usher/core/LiveParticipants") {
  /** Over any `HttpClient`. */
  static readonly layer = (options: Options): Layer.Layer<LiveParticipants, never, HttpClient.HttpClient> =>
    Layer.effect(this, make(options))

  /** The same, with the options read from the configuration when the layer is built. */
  static readonly layerConfig = (
    options: Config.Wrap<Options>
  ): Layer.Layer<LiveParticipants, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(this, Effect.flatMap(Config.unwrap(options), make))
}

/**
 * The options under their usual names: `MELTINGSPOT_SECRET_KEY` (required, not empty), `MELTINGSPOT_BASE_URL` and
 * `MELTINGSPOT_AUTHORIZATION_PREFIX`. Read as it stands, with no nesting, by `LiveParticipants.layerConfig`.
 *
 * @category options
 * @since 0.1.0
 */
export const config: Config.Wrap<Options> = {
  secretKey: Config.schema(Schema.Redacted(Schema.NonEmptyString), "MELTINGSPOT_SECRET_KEY"),
  baseUrl: Config.String("MELTINGSPOT_BASE_URL").pipe(Config.withDefault(baseUrl)),
  authorizationPrefix: Config.String("MELTINGSPOT_AUTHORIZATION_PREFIX").pipe(Config.withDefault(""))
}

const checkInvitation = Schema.decodeUnknownEffect(Invitation)
const encodePayload = Schema.encodeSync(InvitationPayload)

/**
 * The service itself, for programs that hold several: one for each Spot.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<LiveParticipants["Service"], never, HttpClient.HttpClient> {
  const timeout = Duration.fromInputUnsafe(options.timeout ?? "30 seconds")
  const client = (yield* HttpClient.HttpClient).pipe(
    HttpClient.mapRequest(
      flow(
        HttpClientRequest.prependUrl(options.baseUrl ?? baseUrl),
        HttpClientRequest.setHeaders({
          authorization: `${options.authorizationPrefix ?? ""}${Redacted.value(options.secretKey)}`,
          "user-agent": options.userAgent ?? "usher"
        }),
        HttpClientRequest.acceptJson
      )
    )
  )

  const post = (liveId: string, path: string, body: unknown) =>
    HttpClientRequest.post(path).pipe(
      HttpClientRequest.bodyJsonUnsafe(body),
      client.execute,
      Effect.provideService(HttpClient.TracerPropagationEnabled, options.propagateTrace ?? false),
      Effect.mapError((error) => fromClientError(liveId, error))
    )

  const invite = Effect.fn("LiveParticipants.invite")(function* (invitation: Invitation) {
    const { liveId, ...payload } = yield* Effect.mapError(
      checkInvitation(invitation),
      (error) =>
        new MalformedPayload({ liveId: invitation.liveId, reason: "BeforeCall", answer: oneLine(error) })
    )
    yield* Effect.annotateCurrentSpan("live.id", liveId)
    return yield* post(liveId, participantsPath(liveId), encodePayload(payload)).pipe(
      Effect.flatMap((response) => decodeAnswer(liveId, response)),
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () =>
          Effect.fail(new UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true }))
      })
    )
  })

  return LiveParticipants.of({ invite })
})
