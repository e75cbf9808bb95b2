/** Programs that the benchmark starts, and ends when the scope does. */
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
  /** Its working directory, where its output goes too. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** Where it listens once it has started. Without one it is not waited for. */
  readonly port?: number
  /** What ends it. Default: SIGKILL, for what keeps nothing that is needed again. */
  readonly end?: "SIGKILL" | "SIGTERM"
}

export interface Process {
  readonly pid: number
  /** By the clock of the machine, in milliseconds. */
  readonly startedAt: number
  /** The end of what it has printed. */
  readonly said: Effect.Effect<string>
  /** At once, as a crash would; ends when it is gone. */
  readonly kill: Effect.Effect<void>
  /** As it is asked to stop; ends when it is gone. */
  readonly stop: Effect.Effect<void>
  /** It does nothing at all, until it is thawed. */
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
    (child) => end(child, options.end ?? "SIGKILL")
  )
  const failed = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(message))
    child.once("exit", (code) => resolve(`it ended with ${code}`))
  })
  const fs = yield* FileSystem.FileSystem
  const said = fs.readFileString(log).pipe(
    Effect.map((text) => text.trim().split("\n").slice(-15).join("\n")),
    Effect.orDie
  )
  if (options.port !== undefined) yield* listening(options, options.port, said, failed)
  const running: Process = {
    pid: child.pid ?? 0,
    startedAt,
    said,
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

const patience = 120_000

const listening = Effect.fnUntraced(function* (
  options: Options,
  port: number,
  said: Effect.Effect<string>,
  failed: Promise<string>
) {
  const outcome = yield* Effect.promise(() => Promise.race([reachable(port), failed]))
  if (outcome === undefined) return
  const command = [options.command, ...options.args].join(" ")
  return yield* Effect.die(new Error(`${command} did not start: ${outcome}\n${yield* said}`))
})

const reachable = async (port: number): Promise<string | undefined> => {
  const end = performance.now() + patience
  while (performance.now() < end) {
    if (await connects(port)) return undefined
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return `nothing listens on port ${port} after ${patience / 1_000} seconds`
}

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })

/** One that nobody listens on now. */
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

/** What a program prints; undefined if it is not there. */
export const output = (command: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    promisify(execFile)(command, [...args]).then(
      ({ stdout }) => stdout.trim(),
      () => undefined
    )
  )

/** The memory that a process has at the moment (its resident set), in MiB. */
export const memory = (pid: number) =>
  Effect.map(output("ps", "-o", "rss=", "-p", String(pid)), (kilobytes) => Number(kilobytes) / 1_024)
