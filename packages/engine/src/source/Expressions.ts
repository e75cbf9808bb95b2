/**
 * Evaluates the expressions of mappings in a child process, with 100 ms and 128 MB for each webhook. The process has no
 * secrets, reads nothing but its own program, writes no file and starts no program. It starts with the first evaluation.
 * docs/decisions/0009-jsonata-in-a-child-process.md
 */
import { Context, Effect, Layer } from "effect"
import * as program from "../runtime/process/program.ts"
import { type Evaluate, Evaluating } from "./expressions/evaluating.ts"
import { bounds, isCostly, type Result } from "./expressions/protocol.ts"

/**
 * Bounds, for one webhook, of all its expressions together: the processor's time in milliseconds, the memory in megabytes,
 * the characters of the results, the levels of nesting and of calls within calls, the values of a list.
 *
 * @category models
 */
export const limits = bounds

/**
 * What the process is given before it has answered: it stays busy, its memory is for what it is at, and what it was given does
 * not keep it for much longer than so many milliseconds.
 */
const ahead = { jobs: 64, characters: 4_000_000, millis: 100 }

/** Something that can't even be interrupted is ended from outside. */
const longestSilence = "10 seconds"

/**
 * The part of the evaluation that several jobs may have together.
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
     * What the expressions give for a body, or why they give nothing. Others wait while it is evaluated. Once its share is used
     * up, a job that is not under way yet is interrupted.
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
    longestSilence,
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

/** Another end than out of memory may be somebody else's doing, so the job has a second try. */
const lost = (end: program.End, times: number): Result | undefined =>
  end === "memory" || times > 1 ? { failed: { field: null, code: "TooBig", message: "" } } : undefined
