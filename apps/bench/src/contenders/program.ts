/** Starts the programs of the folder `programs`. */
import { Effect, FileSystem } from "effect"
import { path, secret } from "../load/deliveries.ts"
import * as Process from "../Process.ts"
import { Postgres } from "../servers/Postgres.ts"

export const folder = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "usher-bench-" })
).pipe(Effect.orDie)

export const node = (file: string, ...args: ReadonlyArray<string>) => ({
  command: process.execPath,
  args: ["--no-warnings", Process.beside(file), ...args]
})

/** The environment of each program. */
export const environment = { BENCH_SECRET: secret, NODE_ENV: "production" }

/** Starts a file, relative to `src`, that listens on `PORT`. Default folder: a new one. */
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

/** Starts a file with an empty database on Postgres. */
export const onPostgres = Effect.fnUntraced(function* (file: string) {
  const { database, pid } = yield* Postgres
  return { ...(yield* start(file, { DATABASE_URL: yield* database })), server: yield* pid }
})
