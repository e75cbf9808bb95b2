/**
 * The admin API as its contract describes it. Signed in by a cookie that this page can't read; the header that goes
 * with every request can't be sent by another site.
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

/** For the libraries that speak of promises. Nobody follows a trace from here. */
export const run = <A, E>(effect: Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> =>
  Effect.runPromise(Effect.provideService(effect, HttpClient.TracerPropagationEnabled, false), {
    signal
  })
