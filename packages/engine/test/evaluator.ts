/** One process that evaluates expressions, for all tests of a worker: starting it takes an eighth of a second of the processor's time. */
import { Context, Effect, Layer, Scope } from "effect"
import { Expressions } from "../src/index.ts"
import { Evaluating } from "../src/source/expressions/evaluating.ts"

/** It starts with the first evaluation, and ends with the worker. */
const services = Effect.runSync(Scope.provide(Layer.build(Expressions.layer), Scope.makeUnsafe()))

const evaluator = Context.get(services, Expressions.Expressions)

/** For whatever starts one. */
export const layerEvaluator: Layer.Layer<never> = Layer.succeed(Evaluating, Effect.succeed(evaluator))

export const layerExpressions = Layer.succeed(Expressions.Expressions, evaluator)
