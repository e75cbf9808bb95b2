/**
 * The client of the admin API. A cookie that this page can't read authenticates it. Other sites can't send its
 * header, which prevents request forgery.
 */
import { Data, Duration, Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Access, Api } from "@usher/admin"

export const api = Effect.runSync(
  HttpApiClient.make(Api.AdminApi, {
    baseUrl: location.origin,
    transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader(Access.csrfHeader, "page"))
  }).pipe(Effect.provide(FetchHttpClient.layer))
)

/** Runs an effect as a promise. Sends no trace headers, because nothing traces the page. */
export const run = <A, E>(effect: Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> =>
  Effect.runPromise(Effect.provideService(effect, HttpClient.TracerPropagationEnabled, false), {
    signal
  })

/** The time to wait for an answer. A frozen relay, or a network that drops packets, closes no connection. */
export const answerTimeout = Duration.seconds(20)

/** The relay did not answer in time. */
export class NoAnswer extends Data.TaggedError("NoAnswer") {}

/** The relay did not answer an act in time, and may have done it. */
export class Unconfirmed extends Data.TaggedError("Unconfirmed") {}

/** Fails with `NoAnswer` after `answerTimeout`. */
export const withinTime = Effect.timeoutOrElse({
  duration: answerTimeout,
  orElse: () => Effect.fail(new NoAnswer())
})

/** Fails with `Unconfirmed` after `answerTimeout`. */
export const confirmedWithinTime = Effect.timeoutOrElse({
  duration: answerTimeout,
  orElse: () => Effect.fail(new Unconfirmed())
})
