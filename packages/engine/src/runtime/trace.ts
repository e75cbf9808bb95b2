/**
 * Continues traces after their request has ended: a webhook stores its `traceparent`, and mapping and calls continue
 * from it.
 */
import { Effect, Option, Tracer } from "effect"
import { Headers, HttpServerRequest, type HttpServerResponse, HttpTraceContext } from "effect/http"
import type { Call } from "../ports/Claiming.ts"
import { redactSpans } from "./redactedSpans.ts"

/** A stack trace for each span would cost more than the span, and add nothing to its name. */
export const withoutStack = { captureStackTrace: false }

/** The W3C `traceparent` to store. `HttpTraceContext.toHeaders` also makes the header of another standard. */
export const traceparentOf = ({ traceId, spanId, sampled }: Tracer.Span): string =>
  `00-${traceId.padStart(32, "0")}-${spanId}-${sampled ? "01" : "00"}`

/** Span options that continue a stored trace, or start a new one. */
export const spanFrom = (
  traceparent: string | null
): { readonly parent: Tracer.AnySpan } | { readonly root: true } =>
  Option.match(
    traceparent === null ? Option.none() : HttpTraceContext.w3c(Headers.fromInput({ traceparent })),
    { onNone: () => ({ root: true }), onSome: (parent) => ({ parent }) }
  )

/**
 * Span options of a call. A call for one webhook continues its trace. A call for several starts a new trace that is
 * linked to theirs.
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
 * Answers a request within a span, in the sender's trace if there is one. If the server has a span, this one is its
 * child; otherwise this is the server span. The server's span loses the query and the header values, which can be
 * proofs.
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
    // Not by `currentParentSpan`: without a parent, it makes an error with a stack for each request.
    const current = Option.getOrUndefined(yield* Effect.serviceOption(Tracer.ParentSpan))
    if (current !== undefined) redactSpans(current)
    const isContinued = current !== undefined && (sender === undefined || sender.traceId === current.traceId)
    const options = {
      ...(isContinued ? {} : sender === undefined ? { root: true } : { parent: sender }),
      kind: isContinued ? ("internal" as const) : ("server" as const),
      attributes: { "http.request.method": request.method, "http.route": route }
    }
    // Not by `withSpan`, which also captures a stack.
    return yield* Effect.useSpan(name, options, (span) =>
      Effect.map(Effect.provideService(answer(request, span), Tracer.ParentSpan, span), (response) => {
        span.attribute("http.response.status_code", response.status)
        return response
      })
    )
  })
