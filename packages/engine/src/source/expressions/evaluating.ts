/** How to evaluate expressions, and how to replace the evaluator. */
import { Context, type Effect, type Scope } from "effect"
import type { Share } from "../../runtime/process/program.ts"
import type { Job, Result } from "./protocol.ts"

/** Evaluates one job. Once the share is used up, a job that has not started is interrupted. */
export type Evaluate = (job: Omit<Job, "id">, share?: Share) => Effect.Effect<Result>

type Evaluator = Effect.Effect<{ readonly evaluate: Evaluate }, never, Scope.Scope>

/**
 * Replaces the process that evaluates expressions, so that several relays of one program can share one. Default: each
 * has its own.
 */
export const Evaluating = Context.Reference<Evaluator | undefined>("@usher/engine/Evaluating", {
  defaultValue: () => undefined
})
