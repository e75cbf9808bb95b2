/** The command line as `main.ts` runs it, but in this process: the same program, without half a second of starting it. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Console, Effect, Semaphore } from "effect"
import { Command } from "effect/cli"
import { format } from "node:util"
import { layerEvaluator } from "../../../packages/engine/test/evaluator.ts"
import { report, teardown } from "../src/cli/support/exit.ts"
import * as Presenter from "../src/cli/support/presenter.ts"
import { usher as command } from "../src/cli/usher.ts"
import { keepPrivate } from "../src/database/Files.ts"
import * as Log from "../src/telemetry/Log.ts"
import { version } from "../src/version.ts"

/** A process has one working directory and one umask. */
const alone = Semaphore.makeUnsafe(1)

interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs `usher` to its end, with nothing of the test's own services. A test that is about a process (its signals, its standard
 * input, its terminal, two at once) starts one, by `usher` of `harness.ts`.
 */
export const usher = (args: ReadonlyArray<string>, { cwd, env = {} }: Options = {}) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = { folder: process.cwd(), umask: process.umask() }
      if (cwd !== undefined) process.chdir(cwd)
      keepPrivate()
      return before
    }),
    () => Effect.promise((signal) => run(args, env, signal)),
    ({ folder, umask }) =>
      Effect.sync(() => {
        process.chdir(folder)
        process.umask(umask)
      })
  ).pipe(alone.withPermit)

const run = async (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal
) => {
  const output = { stdout: "", stderr: "" }
  const exit = await Effect.runPromiseExit(
    Command.runWith(command, { version })(args).pipe(
      Effect.provide([NodeServices.layer, Log.layer, Presenter.layer, layerEvaluator]),
      Effect.tapCause(report),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { ...env } })),
      Effect.provideService(Console.Console, captured(output))
    ),
    { signal }
  )
  return { ...output, code: await new Promise<number>((resolve) => teardown(exit, resolve)) }
}

/** What a process writes to its standard output and error. */
const captured = (output: { stdout: string; stderr: string }): Console.Console => {
  const out = (...parts: ReadonlyArray<unknown>) => void (output.stdout += `${format(...parts)}\n`)
  const error = (...parts: ReadonlyArray<unknown>) => void (output.stderr += `${format(...parts)}\n`)
  return Object.assign(Object.create(console), { log: out, info: out, debug: out, error, warn: error })
}
