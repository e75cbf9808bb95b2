/** Contenders that are one program of the folder `programs`. */
import { Effect, FileSystem } from "effect"
import { path, secret } from "../load/deliveries.ts"
import * as Process from "../Process.ts"

export const folder = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "usher-bench-" })
).pipe(Effect.orDie)

export const node = (file: string, ...args: ReadonlyArray<string>) => ({
  command: process.execPath,
  args: ["--no-warnings", Process.beside(file), ...args]
})

/** What each of them is told by its environment. */
export const environment = { BENCH_SECRET: secret, NODE_ENV: "production" }

/** A file seen from `src`, which listens on `PORT`; in a folder that is there, if need be, and with options of Node. */
export const start = Effect.fnUntraced(function* (
  file: string,
  env: Readonly<Record<string, string>> = {},
  where?: string,
  options: ReadonlyArray<string> = []
) {
  const port = yield* Process.freePort
  const { command, args } = node(file)
  const running = yield* Process.start({
    command,
    args: [...options, ...args],
    folder: where ?? (yield* folder),
    env: { ...environment, ...env, PORT: String(port) },
    port
  })
  return { ...running, url: `http://127.0.0.1:${port}${path}` }
})
