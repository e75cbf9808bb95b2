/**
 * Removes proofs of a sender from the spans of the HTTP server: the query, which contains the token of some senders,
 * and header values. The server sets these attributes after the request, outside of any route, so the spans themselves
 * are patched.
 */
import { Cause, Exit, Option, type Tracer } from "effect"

/** Headers that no sender uses as a proof. */
const plainHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "user-agent"
])

const requestHeader = "http.request.header."

const redacted = "<redacted>"

/** Text up to its first `?`. */
const withoutQuery = (text: string): string => {
  const query = text.indexOf("?")
  return query === -1 ? text : text.slice(0, query)
}

const valueOf = (key: string, value: unknown): unknown => {
  if (key === "url.query") return redacted
  if (key.startsWith(requestHeader))
    return plainHeaders.has(key.slice(requestHeader.length)) ? value : redacted
  return typeof value === "string" && /^(?:url|http)\./.test(key) ? withoutQuery(value) : value
}

/** Errors of the server contain the request and its URL. Only their names and messages are kept, without a query. */
const withoutRequest = (error: unknown): unknown => {
  if (!(error instanceof Error) || !("request" in error || "reason" in error)) return error
  const bare = new Error(withoutQuery(error.message))
  bare.name = error.name
  bare.stack = `${bare.name}: ${bare.message}`
  return bare
}

const exitOf = (exit: Exit.Exit<unknown, unknown>): Exit.Exit<unknown, unknown> =>
  Exit.isSuccess(exit)
    ? exit
    : Exit.failCause(
        Cause.fromReasons(
          exit.cause.reasons.map((reason) => {
            if (Cause.isFailReason(reason)) return Cause.makeFailReason(withoutRequest(reason.error))
            return Cause.isDieReason(reason) ? Cause.makeDieReason(withoutRequest(reason.defect)) : reason
          })
        )
      )

const known = new WeakSet<Tracer.Span>()

/** Redacts the server's span of the request, and all spans below it, with any tracer. */
export const redactSpans = (innermost: Tracer.AnySpan): void => {
  const spans: Array<Tracer.Span> = []
  let span: Tracer.AnySpan | undefined = innermost
  for (; span?._tag === "Span"; span = Option.getOrUndefined(span.parent)) {
    spans.push(span)
    if (span.kind === "server") return spans.filter((one) => !known.has(one)).forEach(redact)
  }
}

const redact = (span: Tracer.Span): void => {
  known.add(span)
  const { attribute, end } = span
  Object.defineProperties(span, {
    attribute: {
      configurable: true,
      value: (key: string, value: unknown) => attribute.call(span, key, valueOf(key, value))
    },
    end: {
      configurable: true,
      value: (time: bigint, exit: Exit.Exit<unknown, unknown>) => end.call(span, time, exitOf(exit))
    }
  })
}
