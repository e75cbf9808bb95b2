/** Starts programs that end with the scope. */
import { Effect, FileSystem } from "effect"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, openSync } from "node:fs"
import { connect, createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

export interface Options {
  readonly command: string
  readonly args: ReadonlyArray<string>
  /** Its working directory, which also gets its output. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** The port that it opens when it has started. Default: the start is not awaited. */
  readonly port?: number
}

export interface Process {
  readonly pid: number
  /** In milliseconds since 1970. */
  readonly startedAt: number
  /** The last lines of its output. */
  readonly output: Effect.Effect<string>
  /** Kills it as a crash would, and waits until it has ended. */
  readonly kill: Effect.Effect<void>
  /** Asks it to stop, and waits until it has ended. */
  readonly stop: Effect.Effect<void>
  /** Suspends it until it is thawed. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

export const start = Effect.fnUntraced(function* (options: Options) {
  const log = `${options.folder}/output.log`
  const startedAt = Date.now()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const output = openSync(log, "a")
      const child = spawn(options.command, [...options.args], {
        cwd: options.folder,
        env: { ...process.env, ...options.env },
        stdio: ["ignore", output, output]
      })
      closeSync(output)
      return child
    }),
    (child) => end(child, "SIGKILL")
  )
  const failed = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message))
    child.once("exit", (code) => resolve(`it ended with ${code}`))
  })
  const fs = yield* FileSystem.FileSystem
  const output = fs.readFileString(log).pipe(
    Effect.map((text) => text.trim().split("\n").slice(-15).join("\n")),
    Effect.orDie
  )
  const { command, args, port } = options
  const failure =
    port === undefined ? undefined : yield* Effect.promise(() => Promise.race([unreachable(port), failed]))
  if (failure !== undefined) {
    const line = [command, ...args].join(" ")
    return yield* Effect.die(new Error(`${line} did not start: ${failure}\n${yield* output}`))
  }
  const running: Process = {
    pid: child.pid ?? 0,
    startedAt,
    output,
    kill: end(child, "SIGKILL"),
    stop: end(child, "SIGTERM"),
    freeze: Effect.sync(() => child.kill("SIGSTOP")),
    thaw: Effect.sync(() => child.kill("SIGCONT"))
  }
  return running
})

type Child = ReturnType<typeof spawn>

const end = (child: Child, signal: "SIGKILL" | "SIGTERM") =>
  Effect.promise(async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, "exit")
  })

const startTimeout = 120_000

/** Waits for the port. Returns the reason if it stays closed. */
const unreachable = async (port: number): Promise<string | undefined> => {
  const end = performance.now() + startTimeout
  while (performance.now() < end) {
    if (await connects(port)) return undefined
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return `nothing listens on port ${port} after ${startTimeout / 1_000} seconds`
}

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })

/** A free port. */
export const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve, reject) => {
      const server = createServer()
      server.once("error", reject)
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
      })
    })
)

/** The path of a file beside this one. */
export const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The output of a program, or undefined if it fails. */
export const output = (command: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    promisify(execFile)(command, [...args]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined
    )
  )

/** The resident set of a process, in MiB. */
export const memory = (pid: number) =>
  Effect.map(output("ps", "-o", "rss=", "-p", String(pid)), (kilobytes) => Number(kilobytes) / 1_024)
