/** Lets all contenders take turns in each round, so that the state of the machine affects all alike. The first one changes. */
import { Console, Effect, type FileSystem, type Scope } from "effect"
import type { Contender, Missing, Running } from "./Contender.ts"
import type { Load } from "./load/Load.ts"

/** The results of all rounds, by name, in the order of the contenders. */
export type Results<A> = ReadonlyMap<string, ReadonlyArray<A>>

type Turn<A> = (running: Running, contender: Contender) => Effect.Effect<A>

export const inTurn = Effect.fnUntraced(function* <A, B extends { readonly name: string }, R>(
  all: ReadonlyArray<B>,
  rounds: number,
  turn: (one: B, round: string) => Effect.Effect<A, never, R>
): Effect.fn.Return<Results<A>, never, R> {
  const results = new Map(all.map(({ name }) => [name, new Array<A>()]))
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < all.length; place++) {
      const one = all[(round + place) % all.length]
      if (one === undefined) continue
      results.get(one.name)?.push(yield* turn(one, `round ${round + 1} of ${rounds}`))
    }
  }
  return results
})

const log = (what: string, { name }: Contender) => Console.error(`  ${what}: ${name}`)

/** Starts a contender until the scope closes, and waits until it accepts a webhook. */
const start = (load: Load, { name, start }: Contender) =>
  Effect.tap(start, ({ url, output }) =>
    Effect.tapCause(load.first(url), () =>
      Effect.flatMap(output, (text) => Console.error(`${name} printed:\n${text}`))
    )
  )

const skipped = (name: string, { what }: Missing) => `Left out, as this machine has no ${what}: ${name}`

/** Started contenders, frozen outside of their turns. */
export interface Field {
  /** The contenders that were left out, with the reason. */
  readonly missing: ReadonlyArray<string>
  readonly take: <A>(rounds: number, turn: Turn<A>) => Effect.Effect<Results<A>>
}

/** Starts all contenders until the scope closes, and warms each up. */
export const assemble = Effect.fnUntraced(function* (
  load: Load,
  contenders: ReadonlyArray<Contender>,
  warmUp: Turn<unknown>
): Effect.fn.Return<Field, never, FileSystem.FileSystem | Scope.Scope> {
  const missing: Array<string> = []
  const field: Array<{ readonly name: string; readonly contender: Contender; readonly running: Running }> = []
  for (const contender of contenders) {
    const { name } = contender
    yield* log("warming up", contender)
    yield* start(load, contender).pipe(
      Effect.tap((running) => warmUp(running, contender)),
      Effect.tap(({ freeze }) => freeze),
      Effect.map((running) => field.push({ name, contender, running })),
      Effect.catchTag("Missing", (error) => Effect.sync(() => missing.push(skipped(name, error))))
    )
  }
  return {
    missing,
    take: (rounds, turn) =>
      inTurn(field, rounds, ({ contender, running }, round) =>
        log(round, contender).pipe(
          Effect.andThen(running.thaw),
          Effect.andThen(turn(running, contender)),
          Effect.ensuring(running.freeze)
        )
      )
  }
})

/** Starts a contender with an empty store for each of its turns, and ends it afterwards. */
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
  const results = yield* inTurn(contenders, rounds, (contender, round) =>
    missing.has(contender.name)
      ? Effect.succeed([])
      : log(round, contender).pipe(
          Effect.andThen(start(load, contender)),
          Effect.flatMap((running) => turn(running, contender)),
          Effect.map((result) => [result]),
          Effect.catchTag("Missing", (error) => {
            missing.set(contender.name, skipped(contender.name, error))
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
