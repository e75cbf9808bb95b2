/** One call to the upstream: within the budget, authorized, timed, and aborted when its fiber is interrupted. */
import { type Duration, Effect, Redacted } from "effect"
import {
  Headers,
  HttpClient,
  HttpClientRequest,
  type HttpClientResponse,
  HttpTraceContext
} from "effect/http"
import type { SpotBudget } from "../Budget.ts"
import { type MalformedPayload, UpstreamUnavailable } from "../InviteError.ts"
import type { Settings } from "../MeltingSpotConfig.ts"
import { fromClientError } from "./noAnswer.ts"
import { requestedWaits } from "./requestedWaits.ts"

/** Understands an answer, given how long it asks to wait. */
type Read<A, E> = (
  response: HttpClientResponse.HttpClientResponse,
  retryAfter?: Duration.Duration
) => Effect.Effect<A, E>

export const make = (settings: Settings, client: HttpClient.HttpClient, budget: SpotBudget) => {
  const { timeout, propagateTrace } = settings
  const sleep = Effect.sleep(timeout)
  const baseUrl = settings.baseUrl.replace(/\/+$/, "")
  const headers = Headers.fromInput({
    authorization: `${settings.authorizationPrefix}${Redacted.value(settings.secretKey)}`,
    "user-agent": settings.userAgent,
    accept: "application/json"
  })
  const getRequest = HttpClientRequest.get(baseUrl, { headers })
  const postRequest = HttpClientRequest.post(baseUrl, { headers })

  const waits = requestedWaits(settings.maxRetryAfter)

  /** Holds back the calls that have not begun, where the answer asks for it. */
  const heed = ({ status, headers }: HttpClientResponse.HttpClientResponse) =>
    Effect.flatMap(waits(status, headers), ({ retryAfter, rest }) =>
      rest === undefined
        ? Effect.succeed(retryAfter)
        : Effect.as(budget.rest(rest, status === 429 ? "Refused" : "NoneRemaining"), retryAfter)
    )

  const call = <A, E>(liveId: string, request: HttpClientRequest.HttpClientRequest, read: Read<A, E>) => {
    const answered = (answer: HttpClientResponse.HttpClientResponse) =>
      Effect.annotateCurrentSpan("http.response.status_code", answer.status).pipe(
        Effect.andThen(heed(answer)),
        Effect.flatMap((retryAfter) => read(answer, retryAfter))
      )
    const response = propagateTrace
      ? Effect.flatMap(traced(request), client.execute)
      : client.execute(request)
    const exchange = Effect.matchEffect(withoutSpan(response), {
      // A client that refuses a status, as `filterStatusOk` does, was answered all the same.
      onFailure: (error): Effect.Effect<A, E | MalformedPayload | UpstreamUnavailable> =>
        error.response === undefined ? Effect.fail(fromClientError(liveId, error)) : answered(error.response),
      onSuccess: answered
    })
    const tooLate = Effect.flatMap(sleep, () =>
      Effect.fail(new UpstreamUnavailable({ liveId, reason: "Timeout", mayHaveArrived: true }))
    )
    return budget.within(Effect.raceFirst(exchange, tooLate))
  }

  return {
    get: <A, E>(liveId: string, path: string, read: Read<A, E>) =>
      call(liveId, HttpClientRequest.setUrl(getRequest, baseUrl + path), read),
    post: <A, E>(liveId: string, path: string, body: unknown, read: Read<A, E>) =>
      call(
        liveId,
        HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.setUrl(postRequest, baseUrl + path), body),
        read
      )
  }
}

/** The client's own span would hold the URL, and a filter in it an address: the caller's span stands for the call. */
const withoutSpan = Effect.provideService(HttpClient.TracerDisabledWhen, () => true)

const traced = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.match(Effect.currentSpan, {
    onFailure: () => request,
    onSuccess: (span) => HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span))
  })
