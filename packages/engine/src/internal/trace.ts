/** A trace that goes on after its request has ended: stored as `traceparent`, taken up again by whoever works next. */
import { Effect, Option, type Tracer } from "effect"
import { Headers, HttpTraceContext } from "effect/http"

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
