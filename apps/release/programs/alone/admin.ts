/** Asks for a webhook by the contract's client; the answer is that of a relay that does not have it. */
import { Api, Problem } from "@usher/admin"
import { Effect } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"

const notFound = new Problem.NotFound({ detail: "There is no such webhook" })

const relay = HttpClient.make((request) =>
  Effect.succeed(
    HttpClientResponse.fromWeb(
      request,
      Response.json(
        { type: "urn:usher:problem:not-found", title: "Not found", status: 404, detail: notFound.detail },
        { status: 404, headers: { "content-type": "application/problem+json" } }
      )
    )
  )
)

const program = Effect.gen(function* () {
  const usher = yield* HttpApiClient.make(Api.AdminApi, {
    baseUrl: "http://127.0.0.1:8787",
    transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken("usher_token"))
  })
  return yield* usher.webhooks.get({ params: { id: "webhook-1" } }).pipe(
    Effect.as("found"),
    Effect.catchTag("NotFound", ({ detail }) => Effect.succeed(detail))
  )
})

console.log(await Effect.runPromise(program.pipe(Effect.provideService(HttpClient.HttpClient, relay))))
// Prints: There is no such webhook
