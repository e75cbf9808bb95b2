/** Everybody takes a turn in each round, so that all meet the same machine; who begins changes. */
import { Console, Effect, type FileSystem, type Scope } from "effect"
import type { Contender, Missing, Running } from "./Contender.ts"
import type { Load } from "./load/Load.ts"

/** By name, in the order of the contenders; one for each round. */
export type Results<A> = ReadonlyMap<string, ReadonlyArray<A>>

type Turn<A> = (running: Running, contender: Contender) => Effect.Effect<A>

const inTurn = Effect.fnUntraced(function* <A, B extends { readonly name: string }, R>(
  all: ReadonlyArray<B>,
  rounds: number,
  turn: (one: B) => Effect.Effect<A, never, R>
): Effect.fn.Return<Results<A>, never, R> {
  const results = new Map(all.map(({ name }) => [name, new Array<A>()]))
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < all.length; place++) {
      const one = all[(round + place) % all.length]
      if (one === undefined) continue
      yield* Console.error(`  round ${round + 1} of ${rounds}: ${one.name}`)
      results.get(one.name)?.push(yield* turn(one))
    }
  }
  return results
})

/** For as long as the scope lives; it is there once it has accepted a webhook. */
const start = (load: Load, { name, start }: Contender) =>
  Effect.tap(start, ({ url, said }) =>
    Effect.tapCause(load.first(url), () =>
      Effect.flatMap(said, (said) => Console.error(`${name} printed:\n${said}`))
    )
  )

const leftOut = (name: string, { what }: Missing) => `Left out, as this machine has no ${what}: ${name}`

/** Contenders that have been started, each of them frozen but for its turns. */
export interface Field {
  /** Who was left out, and what there was not. */
  readonly missing: ReadonlyArray<string>
  readonly take: <A>(rounds: number, turn: Turn<A>) => Effect.Effect<Results<A>>
}

/** Starts all of them, and warms each up. They live as long as the scope. */
export const assemble = Effect.fnUntraced(function* (
  load: Load,
  contenders: ReadonlyArray<Contender>,
  warmUp: Turn<unknown>
): Effect.fn.Return<Field, never, FileSystem.FileSystem | Scope.Scope> {
  const missing: Array<string> = []
  const field: Array<{ readonly name: string; readonly contender: Contender; readonly running: Running }> = []
  for (const contender of contenders) {
    const { name } = contender
    yield* Console.error(`  warming up: ${name}`)
    yield* start(load, contender).pipe(
      Effect.tap((running) => warmUp(running, contender)),
      Effect.tap(({ freeze }) => freeze),
      Effect.map((running) => field.push({ name, contender, running })),
      Effect.catchTag("Missing", (error) => Effect.sync(() => missing.push(leftOut(name, error))))
    )
  }
  return {
    missing,
    take: (rounds, turn) =>
      inTurn(field, rounds, ({ contender, running }) =>
        running.thaw.pipe(Effect.andThen(turn(running, contender)), Effect.ensuring(running.freeze))
      )
  }
})

/** A contender is started for each of its turns with nothing stored, and ended after it. */
export const afresh = Effect.fnUntraced(function* <A>(
  load: Load,
  contenders: ReadonlyArray<Contender>,
  rounds: number,
  turn: Turn<A>
): Effect.fn.Return<
  { readonly results: Results<A>; readonly missing: ReadonlyArray<string> },
  never,
  FileSystem.FileSystem
> {
  const missing = new Map<string, string>()
  const results = yield* inTurn(contenders, rounds, (contender) =>
    missing.has(contender.name)
      ? Effect.succeed([])
      : start(load, contender).pipe(
          Effect.flatMap((running) => turn(running, contender)),
          Effect.map((result) => [result]),
          Effect.catchTag("Missing", (error) => {
            missing.set(contender.name, leftOut(contender.name, error))
            return Effect.succeed([])
          }),
          Effect.scoped
        )
  )
  return {
    results: new Map(
      Array.from(results, ([name, own]) => [name, own.flat()] as const).filter(([name]) => !missing.has(name))
    ),
    missing: [...missing.values()]
  }
})
