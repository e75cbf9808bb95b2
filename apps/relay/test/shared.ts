/** What the tests of a file share because starting it anew for each takes longer than the test. */
import { Effect, Exit, Layer, Scope } from "effect"
import { afterAll } from "vitest"
import { platform } from "./harness.ts"

type Platform = Layer.Success<typeof platform>

/** Starts with the first test that asks for it, and ends with the file. */
export const shared = <A, E>(start: Effect.Effect<A, E, Scope.Scope | Platform>): Effect.Effect<A, E> => {
  const scope = Scope.makeUnsafe()
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  const started = Effect.flatMap(Layer.build(platform), (services) => Effect.provide(start, services))
  return Effect.runSync(Effect.cached(Scope.provide(started, scope)))
}
