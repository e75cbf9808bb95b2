/**
 * How the endpoint `upkeep.reload` takes up a changed configuration. A program without a configuration file provides
 * nothing, and the endpoint answers 409.
 *
 * @since 0.1.0
 */
import { Context, type Effect } from "effect"
import type { Conflict, Invalid } from "./Problem.ts"

/**
 * Takes up the changed configuration of the program.
 *
 * @category services
 * @since 0.1.0
 */
export class Reload extends Context.Service<
  Reload,
  {
    /** Applies the whole of a changed configuration, or nothing of it. Says what is different now, a sentence each. */
    readonly reload: Effect.Effect<ReadonlyArray<string>, Invalid | Conflict>
  }
>()("@usher/admin/Reload") {}
