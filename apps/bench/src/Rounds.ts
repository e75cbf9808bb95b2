/** Everybody takes a turn in each round, so that all meet the same machine; who begins changes. */
import { Console, Effect, type FileSystem } from "effect"
import type { Contender, Running } from "./Contender.ts"
import type { Load } from "./load/Load.ts"

export interface Rounds<A> {
  /** By name, in the order of the contenders; one for each round. */
  readonly results: ReadonlyMap<string, ReadonlyArray<A>>
  /** Who was left out, and what there was not. */
  readonly missing: ReadonlyArray<string>
}

/** A contender is started for its turn with nothing stored, and ended after it. */
export const take = Effect.fnUntraced(function* <A>(
  load: Load,
  contenders: ReadonlyArray<Contender>,
  rounds: number,
  turn: (running: Running, contender: Contender) => Effect.Effect<A>
): Effect.fn.Return<Rounds<A>, never, FileSystem.FileSystem> {
  const results = new Map(contenders.map(({ name }) => [name, new Array<A>()]))
  const missing = new Map<string, string>()
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contenders.length; place++) {
      const contender = contenders[(round + place) % contenders.length]
      if (contender === undefined || missing.has(contender.name)) continue
      yield* Console.error(`  round ${round + 1} of ${rounds}: ${contender.name}`)
      yield* contender.start.pipe(
        Effect.tap(({ url, said }) =>
          load.first(url).pipe(
            Effect.tapCause(() =>
              Effect.flatMap(said, (said) => Console.error(`${contender.name} printed:\n${said}`))
            ),
            Effect.andThen(load.turn)
          )
        ),
        Effect.flatMap((running) => turn(running, contender)),
        Effect.map((result) => results.get(contender.name)?.push(result)),
        Effect.catchTag("Missing", ({ what }) => Effect.sync(() => missing.set(contender.name, what))),
        Effect.scoped
      )
    }
  }
  for (const name of missing.keys()) results.delete(name)
  return {
    results,
    missing: Array.from(missing, ([name, what]) => `Left out, as this machine has no ${what}: ${name}`)
  }
})
