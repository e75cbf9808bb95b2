/** One process that judges, for all tests of a worker: starting it takes half a second of the processor's time. */
import { Effect, Layer, Scope } from "effect"
import { type Judge, Judging, make } from "../src/receive/judging/judge.ts"

/** By the machine's clock, whatever the clock of a test says. Its process ends with the worker. */
const judge = Effect.runSync(Scope.provide(make, Scope.makeUnsafe()))

export const sharedJudge: Effect.Effect<Judge, never, Scope.Scope> = Effect.succeed(judge)

export const layerJudge: Layer.Layer<never> = Layer.succeed(Judging, sharedJudge)
