/**
 * The sources that are configured now. They can be replaced while the relay runs: a request or a batch that has begun
 * ends with those it began with.
 */
import { Context, Effect, Layer, Ref } from "effect"
import type { Source } from "./Source.ts"

/**
 * By name, which stands in the path.
 *
 * @category models
 */
export type All = ReadonlyMap<string, Source>

/**
 * Sources of a list by their names. Throws where two have one name: each has its own path.
 *
 * @category constructors
 */
export const byName = (sources: ReadonlyArray<Source>): All => {
  const all = new Map<string, Source>()
  for (const source of sources) {
    if (all.has(source.name)) throw new Error(`sources: two are named "${source.name}"`)
    all.set(source.name, source)
  }
  return all
}

/**
 * The sources that are configured now.
 *
 * @category services
 */
export class Sources extends Context.Service<
  Sources,
  {
    /** The present sources. */
    readonly current: Effect.Effect<All>
    /** All of them, from now on. Gives those that were there. */
    readonly replace: (sources: All) => Effect.Effect<All>
  }
>()("@usher/engine/Sources") {}

/**
 * Starts with these sources.
 *
 * @category layers
 */
export const layer = (sources: All): Layer.Layer<Sources> =>
  Layer.effect(
    Sources,
    Effect.map(Ref.make(sources), (ref) =>
      Sources.of({
        current: Ref.get(ref),
        replace: Effect.fn("Sources.replace")((next: All) => Ref.getAndSet(ref, next))
      })
    )
  )
