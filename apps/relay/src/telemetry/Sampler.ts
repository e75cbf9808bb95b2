/**
 * Trace sampling. A `traceparent` of a sender sets the trace id, but the relay itself decides whether to record the trace, so
 * that senders can't force or prevent recording.
 */
import { Effect, Layer, Option, Random, Tracer } from "effect"

/**
 * Records a share of the traces that start here. Child spans follow their parent, and spans with a link to a recorded trace
 * are recorded.
 */
export const layer = (ratio: number) =>
  Layer.effect(
    Tracer.Tracer,
    Effect.gen(function* () {
      const tracer = yield* Tracer.Tracer
      const random = yield* Random.Random
      const draw = () => random.nextDoubleUnsafe() < ratio
      return Tracer.make({
        span: (options) => tracer.span({ ...options, sampled: isKept(options, draw) }),
        ...(tracer.context === undefined ? {} : { context: tracer.context })
      })
    })
  )

const isKept = (options: Parameters<Tracer.Tracer["span"]>[0], draw: () => boolean): boolean => {
  const { parent, kind, links, sampled } = options
  // A request with the trace of its sender. All other parents are our own, in this process or from the database.
  const isFromOutside = kind === "server" && Option.isSome(parent) && parent.value._tag === "ExternalSpan"
  if (Option.isSome(parent) && !isFromOutside) return sampled
  return links.length > 0 ? links.some(({ span }) => span.sampled) : draw()
}
