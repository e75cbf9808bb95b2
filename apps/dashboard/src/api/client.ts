/**
 * The client of the admin API. A cookie that this page can't read authenticates it. Other sites can't send its
 * header, which prevents request forgery.
 */
import { Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Access, Api } from "@usher/admin"

export const api = Effect.runSync(
  HttpApiClient.make(Api.AdminApi, {
    baseUrl: window.location.origin,
    transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader(Access.csrfHeader, "page"))
  }).pipe(Effect.provide(FetchHttpClient.layer))
)

/** Runs an effect as a promise. Sends no trace headers, because nothing traces the page. */
export const run = <A, E>(effect: Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> =>
  Effect.runPromise(Effect.provideService(effect, HttpClient.TracerPropagationEnabled, false), {
    signal
  })
