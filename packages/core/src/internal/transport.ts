/** One call to the upstream: within the budget, authorized, timed, traced, and aborted when its fiber is interrupted. */
import { type Duration, Effect, Redacted, type Tracer } from "effect"
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
import { withinBudget } from "./budgetWait.ts"
import { fromClientError } from "./noAnswer.ts"
import type { Route } from "./paths.ts"
import { requestedWaits } from "./requestedWaits.ts"
import { requestSpans } from "./requestSpan.ts"

/** Understands an answer, given how long it asks to wait. */
type Read<A, E> = (
  response: HttpClientResponse.HttpClientResponse,
  retryAfter?: Duration.Duration
) => Effect.Effect<A, E>

/** A request to any route of the upstream. */
export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  /** The path without ids, such as `/v1/groups/{groupId}/spotMembers`: the only form that spans and metrics hold. */
  readonly template: string
  /** The path with its ids escaped, and the query. */
  readonly path: string
  /** JSON. */
  readonly body?: string | undefined
}

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

  const inSpan = requestSpans(baseUrl)
  const waits = requestedWaits(settings.maxRetryAfter)

  /** Holds back the calls that have not begun, where the answer asks for it. */
  const heed = ({ status, headers }: HttpClientResponse.HttpClientResponse) =>
    Effect.flatMap(waits(status, headers), ({ retryAfter, rest }) =>
      rest === undefined
        ? Effect.succeed(retryAfter)
        : Effect.as(budget.rest(rest, status === 429 ? "Refused" : "NoneRemaining"), retryAfter)
    )

  const call = <A, E>(
    subject: string,
    template: string,
    request: HttpClientRequest.HttpClientRequest,
    read: Read<A, E>
  ): Effect.Effect<A, E | MalformedPayload | UpstreamUnavailable> => {
    const tooLate = Effect.flatMap(sleep, () =>
      Effect.fail(new UpstreamUnavailable({ liveId: subject, reason: "Timeout", mayHaveArrived: true }))
    )
    const exchange = (span: Tracer.Span) => {
      const answered = (answer: HttpClientResponse.HttpClientResponse) => {
        span.attribute("http.response.status_code", answer.status)
        return Effect.flatMap(heed(answer), (retryAfter) => read(answer, retryAfter))
      }
      const exchanged = Effect.matchEffect(client.execute(propagateTrace ? traced(request, span) : request), {
        // A client that refuses a status, as `filterStatusOk` does, was answered all the same.
        onFailure: (error): Effect.Effect<A, E | MalformedPayload | UpstreamUnavailable> =>
          error.response === undefined
            ? Effect.fail(fromClientError(subject, error))
            : answered(error.response),
        onSuccess: answered
      })
      return Effect.raceFirst(exchanged, tooLate)
    }
    return withinBudget(budget, inSpan(request.method, template, exchange))
  }

  return {
    /** Any call. `subject` is what its errors call the Live. */
    send: <A, E>(subject: string, { method, template, path, body }: Outgoing, read: Read<A, E>) => {
      const bare = HttpClientRequest.make(method)(baseUrl + path, { headers })
      const request = body === undefined ? bare : HttpClientRequest.bodyText(bare, body, "application/json")
      return call(subject, template, request, read)
    },
    get: <A, E>(liveId: string, { template, path }: Route, query: string, read: Read<A, E>) =>
      call(liveId, template, HttpClientRequest.setUrl(getRequest, baseUrl + path + query), read),
    post: <A, E>(liveId: string, { template, path }: Route, body: unknown, read: Read<A, E>) =>
      call(
        liveId,
        template,
        HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.setUrl(postRequest, baseUrl + path), body),
        read
      )
  }
}

const traced = (request: HttpClientRequest.HttpClientRequest, span: Tracer.Span) =>
  HttpClientRequest.setHeaders(request, HttpTraceContext.toHeaders(span))
