/** Makes a call to the upstream: within the budget, authorized, timed, traced, and aborted when its fiber is interrupted. */
import { type Duration, Effect, Redacted, type Tracer } from "effect"
import {
  Headers,
  HttpClient,
  HttpClientRequest,
  type HttpClientResponse,
  HttpTraceContext
} from "effect/http"
import { Budget } from "../Budget.ts"
import { type MalformedPayload, UpstreamUnavailable } from "../InviteError.ts"
import type { Settings } from "../MeltingSpotConfig.ts"
import { withinBudget } from "./budgetWait.ts"
import { fromClientError } from "./noAnswer.ts"
import type { Route } from "./paths.ts"
import { requestedWaits } from "./requestedWaits.ts"
import { requestSpans } from "./requestSpan.ts"

/** Reads an answer. `retryAfter` is the wait that it asks for. */
type Read<A, E> = (
  response: HttpClientResponse.HttpClientResponse,
  retryAfter?: Duration.Duration
) => Effect.Effect<A, E>

/** A request to any route of the upstream. Spans and metrics hold only the template; the path may have a query. */
export interface Outgoing extends Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** JSON. */
  readonly body?: string | undefined
}

export type Transport = Effect.Success<ReturnType<typeof connect>>

export const connect = Effect.fnUntraced(function* (settings: Settings) {
  const client = yield* HttpClient.HttpClient
  const budget = (yield* Budget).forKey(settings.secretKey)
  const { timeout, propagateTrace } = settings
  const sleep = Effect.sleep(timeout)
  const baseUrl = settings.baseUrl.replace(/\/+$/, "")
  const headers = Headers.fromInput({
    authorization: `${settings.authorizationPrefix}${Redacted.value(settings.secretKey)}`,
    "user-agent": settings.userAgent,
    accept: "application/json"
  })
  const authorized = HttpClientRequest.get(baseUrl, { headers })
  const inSpan = requestSpans(baseUrl)
  const waits = requestedWaits(settings.maxRetryAfter)

  /** Delays the calls that have not begun, if the answer asks for it. */
  const applyWaits = ({ status, headers }: HttpClientResponse.HttpClientResponse) =>
    Effect.flatMap(waits(status, headers), ({ retryAfter, rest }) =>
      rest === undefined
        ? Effect.succeed(retryAfter)
        : Effect.as(budget.rest(rest, status === 429 ? "Refused" : "NoneRemaining"), retryAfter)
    )

  /** `subject` takes the place of the Live in the errors of a call that concerns none. */
  const send = <A, E>(
    subject: string,
    { method, template, path, body }: Outgoing,
    read: Read<A, E>
  ): Effect.Effect<A, E | MalformedPayload | UpstreamUnavailable> => {
    const bare = HttpClientRequest.setUrl(HttpClientRequest.setMethod(authorized, method), baseUrl + path)
    const request = body === undefined ? bare : HttpClientRequest.bodyText(bare, body, "application/json")
    const tooLate = Effect.flatMap(sleep, () =>
      Effect.fail(new UpstreamUnavailable({ liveId: subject, reason: "Timeout", mayHaveArrived: true }))
    )
    const exchange = (span: Tracer.Span) => {
      const answered = (answer: HttpClientResponse.HttpClientResponse) => {
        span.attribute("http.response.status_code", answer.status)
        return Effect.flatMap(applyWaits(answer), (retryAfter) => read(answer, retryAfter))
      }
      const exchanged = Effect.matchEffect(client.execute(propagateTrace ? traced(request, span) : request), {
        // A client that refuses a status, as `filterStatusOk` does, still has an answer.
        onFailure: (error): Effect.Effect<A, E | MalformedPayload | UpstreamUnavailable> =>
          error.response === undefined
            ? Effect.fail(fromClientError(subject, error))
            : answered(error.response),
        onSuccess: answered
      })
      return Effect.raceFirst(exchanged, tooLate)
    }
    return withinBudget(budget, inSpan(method, template, exchange))
  }

  return { send }
})

const traced = (request: HttpClientRequest.HttpClientRequest, span: Tracer.Span) =>
  HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span))
