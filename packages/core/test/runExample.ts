/** Runs an example as `node` runs it, but in this process, which has loaded everything already. */
import { Cause, ConfigProvider, Console, Deferred, Effect, Queue, Runtime, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { format } from "node:util"
import { join } from "node:path"
import { expect } from "vitest"

export const examples = join(import.meta.dirname, "../examples")

type RunMain = (program: Effect.Effect<unknown, unknown>) => void

/** An example ends by handing its program to `runMain`, which takes it to the test that has started the example. */
const main: { run: RunMain } = { run: () => {} }

/** Each test file mocks `NodeRuntime` by this: a mock ends with its file, and this module is shared by files. */
export const nodeRuntime = { runMain: ((program) => main.run(program)) satisfies RunMain }

/** A module runs once: each run is a module of its own. */
let runs = 0

/** Starts an example with this environment. The program ends with the scope at the latest. */
export const startExample = Effect.fnUntraced(function* (
  env: Readonly<Record<string, string>>,
  file: string,
  ...args: ReadonlyArray<string>
) {
  const printed = yield* Queue.unbounded<string, Cause.Done>()
  const exitCode = yield* Deferred.make<number>()
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const before = process.argv
      process.argv = [process.execPath, file, ...args]
      return before
    }),
    (before) => Effect.sync(() => void (process.argv = before))
  )
  const program = yield* Effect.promise(
    () =>
      new Promise<Effect.Effect<unknown, unknown>>((resolve, reject) => {
        main.run = resolve
        const ended = import(`${join(examples, file)}?run=${runs++}`)
        ended.then(() => reject(new Error(`${file} has handed no program to runMain`)), reject)
      })
  )
  yield* program.pipe(
    Effect.tapCause((cause) =>
      Runtime.getErrorReported(Cause.squash(cause)) ? Effect.logError(cause) : Effect.void
    ),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { ...env } })),
    Effect.provideService(Console.Console, printing(printed)),
    Effect.exit,
    Effect.tap((exit) =>
      Effect.sync(() => {
        Runtime.defaultTeardown(exit, (code) => Deferred.doneUnsafe(exitCode, Effect.succeed(code)))
        Queue.endUnsafe(printed)
      })
    ),
    Effect.forkScoped
  )
  return { lines: Stream.fromQueue(printed), exitCode: Deferred.await(exitCode) }
})

/** Starts an example as a process of its own. It ends with the scope at the latest. */
export const spawnExample = Effect.fnUntraced(function* (
  env: Readonly<Record<string, string>>,
  file: string
) {
  const { all, exitCode } = yield* ChildProcess.make(process.execPath, [file], {
    cwd: examples,
    env,
    extendEnv: true
  })
  return { lines: all.pipe(Stream.decodeText, Stream.splitLines), exitCode }
})

/** The lines that an example prints until it ends without an error. */
export const printed = Effect.fnUntraced(function* <E, R>(example: {
  readonly lines: Stream.Stream<string, E>
  readonly exitCode: Effect.Effect<number, R>
}) {
  const lines = yield* Stream.runCollect(example.lines)
  if ((yield* example.exitCode) !== 0) expect.fail(lines.join("\n"))
  return lines
})

/** Prints to the queue, line by line. */
const printing = (printed: Queue.Queue<string, Cause.Done>): Console.Console => {
  const print = (...parts: ReadonlyArray<unknown>) =>
    void Queue.offerAllUnsafe(printed, format(...parts).split("\n"))
  return Object.assign(Object.create(console), {
    log: print,
    info: print,
    debug: print,
    error: print,
    warn: print
  })
}
