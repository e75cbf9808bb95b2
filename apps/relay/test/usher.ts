/** The command line in process, or as a process of its own. */
import { NodeServices } from "@effect/platform-node"
import { Cause, ConfigProvider, Effect, Exit, FileSystem } from "effect"
import { Command } from "effect/cli"
import { TestConsole } from "effect/testing"
import { spawn } from "node:child_process"
import { layerEvaluator } from "../../../packages/engine/test/evaluator.ts"
import { layerJudge } from "../../../packages/engine/test/judge.ts"
import { report } from "../src/cli/support/exit.ts"
import { codeOf } from "../src/cli/support/failure.ts"
import * as Presenter from "../src/cli/support/presenter.ts"
import { usher as command } from "../src/cli/usher.ts"
import { version } from "../src/version.ts"
import { program } from "./harness.ts"

export interface Ran {
  readonly ok: boolean
  /** As the process would exit. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command in this process. Needs the test console. */
export const usher = (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const before = yield* lines
    const exit = yield* Command.runWith(command, { version })(args).pipe(
      Effect.tapCause(report),
      Effect.exit,
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment)),
      Effect.provide([NodeServices.layer, Presenter.layer, layerEvaluator, layerJudge])
    )
    const after = yield* lines
    const ran: Ran = {
      ok: Exit.isSuccess(exit),
      code: Exit.isSuccess(exit) ? 0 : codeOf(Cause.squash(exit.cause)),
      stdout: after.out.slice(before.out.length).join("\n"),
      stderr: after.error.slice(before.error.length).join("\n")
    }
    return ran
  })

const lines = Effect.all({ out: TestConsole.logLines, error: TestConsole.errorLines })

/** Files of a folder that goes with the scope, each by its path. */
export const files = Effect.fnUntraced(function* <const Name extends string>(
  contents: Readonly<Record<Name, string | Uint8Array>>
) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-test-" })
  for (const [name, content] of Object.entries<string | Uint8Array>(contents)) {
    yield* fs.writeFile(`${folder}/${name}`, Buffer.from(content))
  }
  return (name: Name) => `${folder}/${name}`
}, Effect.provide(NodeServices.layer))

/** Runs one command as a process, with these bytes on its standard input. */
export const spawned = (
  args: ReadonlyArray<string>,
  input: Uint8Array | string = "",
  environment: Readonly<Record<string, string>> = {}
): Effect.Effect<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> =>
  Effect.callback((resume) => {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } })
    const [stdout, stderr] = [new Array<Buffer>(), new Array<Buffer>()]
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk))
    child.once("close", (code) =>
      resume(
        Effect.succeed({
          code,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString()
        })
      )
    )
    child.stdin.end(input)
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

/** Runs one command on a terminal (that of util-linux's `script`), and types these keys when it asks. */
export const onTerminal = (
  args: ReadonlyArray<string>,
  question: string,
  keys: string,
  environment: Readonly<Record<string, string>> = {}
): Effect.Effect<{ readonly code: number | null; readonly output: string }> =>
  Effect.callback((resume) => {
    const command = [process.execPath, program, ...args].map(
      (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`
    )
    const child = spawn("script", ["-qefc", command.join(" "), "/dev/null"], {
      env: { ...process.env, ...environment }
    })
    let [output, isAsked] = ["", false]
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (isAsked || !output.includes(question)) return
      isAsked = true
      child.stdin.write(keys)
    })
    child.once("close", (code) => resume(Effect.succeed({ code, output })))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })
