/**
 * The CLIENT span and the metrics of one request, by the semantic conventions of OpenTelemetry for HTTP. It has no
 * `url.full`: a path names a Live, and a query may hold an address.
 */
import { Cause, Clock, Context, Effect, Exit, Metric, Predicate, References, Result, Tracer } from "effect"
import { HttpClient } from "effect/http"
import * as Metrics from "../Metrics.ts"
import { linksTo, Served } from "./callers.ts"

interface Kind {
  /** Method and template: the name of the span, and a label. */
  readonly name: string
  readonly options: Tracer.SpanOptionsNoTrace
  readonly duration: Metric.Metric<number, unknown>
  readonly calls: (outcome: string) => Metric.Metric<number, unknown>
}

/** For the requests to one server. */
export const requestSpans = (baseUrl: string) => {
  const { hostname, port, protocol } = new URL(baseUrl)
  const server = {
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)
  }
  /** Cached, so that an update of a metric costs only a lookup. */
  const kindOf = memoized((template: string) =>
    memoized((method: string): Kind => {
      const name = `${method} ${template}`
      return {
        name,
        options: {
          kind: "client",
          attributes: { "http.request.method": method, "url.template": template, ...server }
        },
        duration: Metric.withAttributes(Metrics.callDuration, { route: name }),
        calls: memoized((outcome: string) => Metric.withAttributes(Metrics.calls, { route: name, outcome }))
      }
    })
  )

  /** `exchange` is the whole request, until its answer is read. */
  return <A, E>(
    method: string,
    template: string,
    exchange: (span: Tracer.Span) => Effect.Effect<A, E>
  ): Effect.Effect<A, E> => {
    const { name, options, duration, calls } = kindOf(template)(method)
    return Effect.withFiber((fiber) => {
      const clock = fiber.getRef(Clock.Clock)
      const started = clock.monotonicTimeNanosUnsafe()
      const served = fiber.getRef(Served)
      return Effect.useSpan(
        name,
        served.length === 0 ? options : { ...options, links: linksTo(served) },
        (span) => {
          for (const caller of served) caller.addLinks(linksTo([span]))
          return Effect.onExit(
            Effect.updateContext(exchange(span), (context: Context.Context<never>) =>
              Context.add(context, Tracer.ParentSpan, span).pipe(
                // The client's own span would hold the URL, and a filter in it an address.
                Context.add(HttpClient.TracerDisabledWhen, always)
              )
            ),
            (exit) => {
              const seconds = Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9
              duration.updateUnsafe(seconds, fiber.context)
              calls(outcomeOf(exit)).updateUnsafe(1, fiber.context)
              return Exit.isFailure(exit) ? recordError(span, exit) : Effect.void
            }
          )
        }
      )
    })
  }
}

const always = () => true

/** For a small set of keys only. */
const memoized = <A>(make: (key: string) => A): ((key: string) => A) => {
  const known = new Map<string, A>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    known.set(key, made)
    return made
  }
}

const errorOf = (exit: Exit.Exit<unknown, unknown>): unknown => Result.getOrUndefined(Exit.findError(exit))

const tagOf = (error: unknown): string =>
  Predicate.hasProperty(error, "_tag") ? String(error._tag) : "Failure"

const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "Success"
  const error = errorOf(exit)
  if (error !== undefined) return tagOf(error)
  return Cause.hasDies(exit.cause) ? "Defect" : "Interrupted"
}

/** `AlreadyInvited` is a normal answer, and no error of the request. */
const recordError = (span: Tracer.Span, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
  const error = errorOf(exit)
  if (error === undefined) return Effect.void
  const tag = tagOf(error)
  if (tag === "AlreadyInvited") return endAsSuccess(span)
  return Effect.sync(() => span.attribute("error.type", errorType(span, error, tag)))
}

/** A low-cardinality name: the status of a refusal, or the code of the cause. */
const errorType = (span: Tracer.Span, error: unknown, tag: string): string => {
  const status = Number(span.attributes.get("http.response.status_code"))
  if (status >= 400) return `${status}`
  for (const key of ["code", "reason"]) {
    if (Predicate.hasProperty(error, key) && typeof error[key] === "string") return error[key]
  }
  return tag
}

/** Ends a span as a success before it would end with an error: the first end counts. */
export const endAsSuccess = (span: Tracer.Span): Effect.Effect<void> =>
  Effect.withFiber((fiber) => {
    const isTimed = fiber.getRef(References.TracerTimingEnabled)
    span.end(isTimed ? fiber.getRef(Clock.Clock).currentTimeNanosUnsafe() : BigInt(0), Exit.void)
    return Effect.void
  })
