/** The span of a method, with the line of its caller in the errors inside: what `Effect.fn` gives, for half its cost. */
import { Context, Effect, References, Tracer } from "effect"

type Entry = (...args: ReadonlyArray<never>) => unknown

/** `method` names the span. The line is that of whoever called `entry`. */
export const callSpan = <A, E>(
  method: string,
  entry: Entry,
  evaluate: (span: Tracer.Span) => Effect.Effect<A, E>
): Effect.Effect<A, E> => {
  const stack = callerOf(entry)
  return Effect.useSpan(method, { kind: "client" }, (span) =>
    Effect.updateContext(evaluate(span), (context: Context.Context<never>) =>
      Context.add(context, Tracer.ParentSpan, span).pipe(
        Context.add(References.CurrentStackFrame, {
          name: method,
          stack,
          parent: Context.get(context, References.CurrentStackFrame)
        })
      )
    )
  )
}

/** What engines add to `Error`; none of it is sure to be there. */
interface Traces {
  readonly prototype: Error
  stackTraceLimit?: number
  readonly captureStackTrace?: (target: object, entry: Entry) => void
}

const traces: Traces = Error

/** Hardened environments freeze it. */
const isLimitWritable = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable === true

/** The stack is captured now, and becomes text only when an error is printed. */
const callerOf = (entry: Entry): (() => string | undefined) => {
  const { stackTraceLimit: limit } = traces
  if (!isLimitWritable || !limit || traces.captureStackTrace === undefined) return nothing
  const trace: { readonly stack?: string } = {}
  traces.stackTraceLimit = 1
  traces.captureStackTrace(trace, entry)
  traces.stackTraceLimit = limit
  return () => trace.stack?.split("\n")[1]?.trim()
}

const nothing = () => undefined
