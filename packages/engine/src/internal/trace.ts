/** A trace that goes on after its request has ended: stored as `traceparent`, taken up again by whoever works next. */
import { Effect, Option, type Tracer } from "effect"
import { Headers, HttpServerRequest, HttpTraceContext } from "effect/http"

/** The present span as W3C `traceparent`, to be stored. */
export const currentTraceparent: Effect.Effect<string | null> = Effect.map(
  Effect.option(Effect.currentSpan),
  Option.match({
    onNone: () => null,
    onSome: (span) => HttpTraceContext.toHeaders(span)["traceparent"] ?? null
  })
)

/** The span options that continue a stored trace, or begin a new one. */
export const spanFrom = (
  traceparent: string | null
): { readonly parent: Tracer.AnySpan } | { readonly root: true } =>
  Option.match(
    traceparent === null ? Option.none() : HttpTraceContext.w3c(Headers.fromInput({ traceparent })),
    { onNone: () => ({ root: true }), onSome: (parent) => ({ parent }) }
  )

/**
 * A span for a request, in the sender's trace if it sent one. The server continues that trace by itself only where
 * spans are exported.
 */
export const withRequestSpan =
  (name: string) =>
  <A, E, R>(
    self: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E, Exclude<R, Tracer.ParentSpan> | HttpServerRequest.HttpServerRequest> =>
    Effect.gen(function* () {
      const { headers } = yield* HttpServerRequest.HttpServerRequest
      const sender = Option.getOrUndefined(HttpTraceContext.fromHeaders(headers))
      const current = Option.getOrUndefined(yield* Effect.option(Effect.currentParentSpan))
      const isContinued = sender === undefined || sender.traceId === current?.traceId
      return yield* Effect.withSpan(self, name, isContinued ? {} : { parent: sender })
    })
