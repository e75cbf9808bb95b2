/**
 * The configured sources. A program can replace them while the relay runs. A request or batch that has started uses the
 * earlier ones to its end.
 */
import { Context, Effect, Layer, Ref } from "effect"
import type { Source } from "./Source.ts"

/**
 * Sources by name. The name is part of the path.
 *
 * @category models
 */
export type All = ReadonlyMap<string, Source>

/**
 * Indexes sources by name. Throws if two have the same name, because each needs its own path.
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
 * The configured sources.
 *
 * @category services
 */
export class Sources extends Context.Service<
  Sources,
  {
    /** The current sources. */
    readonly current: Effect.Effect<All>
    /** Replaces all sources. Returns the earlier ones. */
    readonly replace: (sources: All) => Effect.Effect<All>
  }
>()("@usher/engine/Sources") {}

/**
 * Provides these sources.
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
