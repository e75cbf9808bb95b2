/** A tracer that keeps its spans, oldest first. */
import { Tracer } from "effect"

export const recordingTracer = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const named = (name: string) => spans.filter((span) => span.name === name)
  const clients = () => spans.filter(({ kind }) => kind === "client")
  return { spans, tracer, named, clients }
}

/** How a span ended: `Success`, or the tag of its error. */
export const endOf = ({ status }: Tracer.Span): string => {
  if (status._tag !== "Ended") return status._tag
  if (status.exit._tag === "Success") return "Success"
  const [reason] = status.exit.cause.reasons
  const error = reason?._tag === "Fail" ? reason.error : undefined
  return typeof error === "object" && error !== null && "_tag" in error ? `${error._tag}` : "Failure"
}
