import { Context, type Effect, type Scope } from "effect"
import type { Expressions } from "../Expressions.ts"

type Evaluator = Effect.Effect<Expressions["Service"], never, Scope.Scope>

/** What evaluates expressions in place of a process of its own: several relays of one program may share a process. Default: nothing. */
export const Evaluating = Context.Reference<Evaluator | undefined>("@usher/engine/Evaluating", {
  defaultValue: () => undefined
})
