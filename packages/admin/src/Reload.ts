/**
 * How the endpoint `upkeep.reload` takes up a changed configuration. A program without a configuration file provides
 * `layerNone`: the endpoint then answers 409.
 */
import { Context, Effect, Layer } from "effect"
import { Conflict, type Invalid } from "./Problem.ts"

/**
 * Takes up the changed configuration of the program.
 *
 * @category services
 */
export class Reload extends Context.Service<
  Reload,
  {
    /** Applies the whole of a changed configuration, or nothing of it. Says what is different now, a sentence each. */
    readonly reload: Effect.Effect<ReadonlyArray<string>, Invalid | Conflict>
  }
>()("@usher/admin/Reload") {}

/**
 * Reloads nothing: for programs that were not started from a configuration file.
 *
 * @category layers
 */
export const layerNone: Layer.Layer<Reload> = Layer.succeed(
  Reload,
  Reload.of({
    reload: Effect.fail(
      new Conflict({
        detail: "There is no relay here that was started from a file: ask one that runs, by its URL."
      })
    )
  })
)
