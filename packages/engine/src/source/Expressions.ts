/**
 * Evaluates the expressions of mappings in a child process, with 100 ms and 128 MB for each webhook. The process has no
 * secrets, can read only its own program, and can neither write files nor start programs. It starts with the first
 * evaluation. docs/decisions/0009-jsonata-in-a-child-process.md
 */
import { Context, Effect, Layer } from "effect"
import * as program from "../runtime/process/program.ts"
import { type Evaluate, Evaluating } from "./expressions/evaluating.ts"
import { bounds, isCostly, type Result } from "./expressions/protocol.ts"

/**
 * Limits for all expressions of one webhook together: CPU time in milliseconds, memory in megabytes, characters of the
 * results, levels of nesting and calls, and values of a list.
 *
 * @category models
 */
export const limits = bounds

/**
 * What the process receives before it has answered. It stays busy, and after an overrun only about 100 ms of work is
 * repeated.
 */
const ahead = { jobs: 64, characters: 4_000_000, millis: 100 }

/** A process that can't be interrupted is killed after this time. */
const answerTimeout = "10 seconds"

/**
 * A part of the evaluation time that several jobs share.
 *
 * @category models
 */
export type Share = program.Share

/**
 * Evaluates the expressions of mappings within bounds.
 *
 * @category services
 */
export class Expressions extends Context.Service<
  Expressions,
  {
    /**
     * Evaluates the expressions for a body, or returns why they fail. Other jobs wait meanwhile. Once its share is used
     * up, a job that has not started is interrupted.
     */
    readonly evaluate: Evaluate
  }
>()("@usher/engine/Expressions") {}

const make = Effect.gen(function* () {
  const evaluate = yield* program.make<Result>({
    purpose: "evaluates expressions",
    file: program.beside("expressions/child", import.meta.url),
    imports: { packages: ["jsonata"], files: [] },
    memory: limits.memory,
    ahead,
    answerTimeout: answerTimeout,
    lost,
    retires: isCostly
  })
  return Expressions.of({ evaluate })
})

/**
 * Evaluates in a process that starts with the first evaluation and ends with the layer.
 *
 * @category layers
 */
export const layer: Layer.Layer<Expressions> = Layer.effect(
  Expressions,
  Effect.flatMap(Evaluating, (running) => running ?? make)
)

/** An end other than out of memory can have an external cause, so the job is retried once. */
const lost = (end: program.End, times: number): Result | undefined =>
  end === "memory" || times > 1 ? { failed: { field: null, code: "TooBig", message: "" } } : undefined
