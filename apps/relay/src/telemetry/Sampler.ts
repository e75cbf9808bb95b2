/**
 * Which traces are kept. Whoever calls from outside has no say: a `traceparent` from the internet gives its trace id, and
 * whether the trace is kept is drawn here, so that nobody can have everything recorded, or nothing.
 */
import { Effect, Layer, Option, Random, Tracer } from "effect"

/**
 * Keeps a share of the traces that begin here. What goes on with a trace of ours is kept as its beginning was, and what is
 * linked to one that is kept is kept.
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
  // A request whose sender has sent its trace along; within this process, and from the database, the parent is ours.
  const isFromOutside = kind === "server" && Option.isSome(parent) && parent.value._tag === "ExternalSpan"
  if (Option.isSome(parent) && !isFromOutside) return sampled
  return links.length > 0 ? links.some(({ span }) => span.sampled) : draw()
}
