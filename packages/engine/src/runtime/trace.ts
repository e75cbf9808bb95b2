/** A trace that goes on after its request has ended: stored as `traceparent`, taken up again by whoever works next. */
import { Effect, Option, Tracer } from "effect"
import { Headers, HttpServerRequest, type HttpServerResponse, HttpTraceContext } from "effect/http"
import type { Call } from "../ports/Claiming.ts"
import { redactSpans } from "./redactedSpans.ts"

/** A stack for each of them would cost more than the span, and says nothing that its name does not. */
export const withoutStack = { captureStackTrace: false }

/** As W3C `traceparent`, to be stored. `HttpTraceContext.toHeaders` also makes the header of another standard. */
export const traceparentOf = ({ traceId, spanId, sampled }: Tracer.Span): string =>
  `00-${traceId.padStart(32, "0")}-${spanId}-${sampled ? "01" : "00"}`

/** The span options that continue a stored trace, or begin a new one. */
export const spanFrom = (
  traceparent: string | null
): { readonly parent: Tracer.AnySpan } | { readonly root: true } =>
  Option.match(
    traceparent === null ? Option.none() : HttpTraceContext.w3c(Headers.fromInput({ traceparent })),
    { onNone: () => ({ root: true }), onSome: (parent) => ({ parent }) }
  )

/**
 * The span options of a call: it continues the trace of the one webhook that asked for it; where there are many, it begins
 * a trace of its own that is linked to theirs.
 */
export const spanOf = (spot: string, claims: Call["claims"]): Tracer.SpanOptionsNoTrace => {
  const [first, ...others] = claims
  const { id, attempt, invitation } = first
  const attributes = { spot, "live.id": invitation.liveId, "batch.size": claims.length }
  if (others.length === 0) {
    return { ...spanFrom(first.traceparent), attributes: { ...attributes, "invitation.id": id, attempt } }
  }
  const webhooks = [...new Set(claims.map(({ traceparent }) => traceparent))]
  const links = webhooks.flatMap((traceparent) => {
    const from = spanFrom(traceparent)
    return "parent" in from ? [{ span: from.parent, attributes: {} }] : []
  })
  return { root: true, links, attributes }
}

/**
 * Answers a request within a span, in the sender's trace if it sent one. Where the server has a span of its own, it is a part
 * of that; else it is the server's. The server's span loses the query and the header values, which may prove the sender.
 */
export const inRequestSpan = <E, R>(
  name: string,
  route: string,
  answer: (
    request: HttpServerRequest.HttpServerRequest,
    span: Tracer.Span
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<
  HttpServerResponse.HttpServerResponse,
  E,
  Exclude<R, Tracer.ParentSpan> | HttpServerRequest.HttpServerRequest
> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const sender = Option.getOrUndefined(HttpTraceContext.fromHeaders(request.headers))
    // Not by `currentParentSpan`: where there is none it makes an error, with its stack, for each request.
    const current = Option.getOrUndefined(yield* Effect.serviceOption(Tracer.ParentSpan))
    if (current !== undefined) redactSpans(current)
    const isContinued = current !== undefined && (sender === undefined || sender.traceId === current.traceId)
    const options = {
      ...(isContinued ? {} : sender === undefined ? { root: true } : { parent: sender }),
      kind: isContinued ? ("internal" as const) : ("server" as const),
      attributes: { "http.request.method": request.method, "http.route": route }
    }
    // Not by `withSpan`, which also keeps a stack.
    return yield* Effect.useSpan(name, options, (span) =>
      Effect.map(Effect.provideService(answer(request, span), Tracer.ParentSpan, span), (response) => {
        span.attribute("http.response.status_code", response.status)
        return response
      })
    )
  })
