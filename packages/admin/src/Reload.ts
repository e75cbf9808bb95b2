/**
 * Reloading of the configuration, for the endpoint `upkeep.reload`. A program without a configuration file provides
 * `layerNone`; the endpoint then answers 409.
 */
import { Context, Effect, Layer } from "effect"
import { Conflict, type Invalid } from "./Problem.ts"

/**
 * Reloads the configuration of the program.
 *
 * @category services
 */
export class Reload extends Context.Service<
  Reload,
  {
    /** Applies a changed configuration completely or not at all. Returns one sentence for each change. */
    readonly reload: Effect.Effect<ReadonlyArray<string>, Invalid | Conflict>
  }
>()("@usher/admin/Reload") {}

/**
 * Refuses to reload, for programs without a configuration file.
 *
 * @category layers
 */
export const layerNone: Layer.Layer<Reload> = Layer.succeed(
  Reload,
  Reload.of({
    reload: Effect.fail(
      new Conflict({
        detail:
          "This program was not started from a configuration file. Send the request to a running relay by its URL."
      })
    )
  })
)
