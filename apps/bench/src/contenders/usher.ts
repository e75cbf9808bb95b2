/** Starts `usher serve` with a configuration file, as in production. */
import { Effect, FileSystem } from "effect"
import { path } from "../load/deliveries.ts"
import * as Process from "../Process.ts"
import { environment, folder as newFolder, node, start as startProgram } from "./program.ts"

export interface Options {
  /** The key `database`. Default: a SQLite file next to the configuration. */
  readonly database?: string
  /** The URL of MeltingSpot. */
  readonly upstream: string
  /** The folder of the configuration and the SQLite file. Default: a new folder. */
  readonly folder?: string
  /** More keys of each Spot, as YAML on one line. */
  readonly spot?: string
  /** The names of Spots beside `main`. */
  readonly moreSpots?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node. */
  readonly node?: ReadonlyArray<string>
}

export interface Usher extends Process.Process {
  readonly url: string
  readonly folder: string
}

const configuration = (port: number, { database, upstream, spot, moreSpots = [] }: Options) => `
server: { port: ${port} }
database: ${database ?? "sqlite:./usher.db"}
spots:
${["main", ...moreSpots].map((name) => `  ${name}: { secretKey: { env: MELTINGSPOT_SECRET_KEY }, baseUrl: "${upstream}"${spot === undefined ? "" : `, ${spot}`} }`).join("\n")}
sources:
  bench:
    sender: standard-webhooks
    secrets: [{ env: BENCH_SECRET }]
    spot: main
    invite: { live: { expr: live }, member: { expr: email }, notify: true }
`

export const key = "key-of-the-benchmark"

/** Postgres takes its password from the environment. */
export const withoutPassword = (url: string) => {
  const { username, password, host, pathname } = new URL(url)
  return { database: `postgres://${username}@${host}${pathname}`, env: { PGPASSWORD: password } }
}

export const start = Effect.fnUntraced(function* (options: Options) {
  const fs = yield* FileSystem.FileSystem
  const folder = options.folder ?? (yield* newFolder)
  const port = yield* Process.freePort
  yield* Effect.orDie(fs.writeFileString(`${folder}/usher.yaml`, configuration(port, options)))
  const { command, args } = node("../../relay/src/main.ts", "serve", "--config", "usher.yaml")
  const running = yield* Process.start({
    command,
    args: [...(options.node ?? []), ...args],
    folder,
    env: { ...environment, MELTINGSPOT_SECRET_KEY: key, ...options.env },
    port
  })
  const usher: Usher = { ...running, folder, url: `http://127.0.0.1:${port}${path}` }
  return usher
})

const origin = (url: string) => new URL(url).origin

/** An upstream without limits. */
export const upstream = Effect.map(startProgram("programs/upstream.ts"), ({ url }) => origin(url))

/** A collector that discards traces. */
export const collector = Effect.map(startProgram("programs/collector.ts"), ({ url }) => origin(url))

/** The emulated MeltingSpot with its documented limits. Its windows pass `speed` times as fast. */
export const sandbox = Effect.fnUntraced(function* (speed: number) {
  const port = yield* Process.freePort
  const options = { port, "secret-key": key, limits: "documented", speed }
  yield* Process.start({
    ...node(
      "../../sandbox/src/main.ts",
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    ),
    folder: yield* newFolder,
    port
  })
  return `http://127.0.0.1:${port}`
})
