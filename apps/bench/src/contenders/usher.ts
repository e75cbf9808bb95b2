/** Ours: `usher serve` with a configuration file, as it is deployed. */
import { Effect, FileSystem } from "effect"
import { path } from "../load/deliveries.ts"
import * as Process from "../Process.ts"
import { environment, folder as newFolder, node } from "./program.ts"

export interface Options {
  /** As it stands in the configuration. Default: a file beside it. */
  readonly database?: string
  /** Where MeltingSpot is. */
  readonly upstream: string
  /** Where the configuration and the file are. Default: a new folder. */
  readonly folder?: string
  /** More keys of the Spot, as YAML in one line. */
  readonly spot?: string
  /** More keys of the file, as YAML. */
  readonly more?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Usher extends Process.Process {
  readonly url: string
  readonly folder: string
}

const configuration = (port: number, { database, upstream, spot, more }: Options) => `
server: { port: ${port} }
database: ${database ?? "sqlite:./usher.db"}
spots:
  main: { secretKey: { env: MELTINGSPOT_SECRET_KEY }, baseUrl: "${upstream}"${spot === undefined ? "" : `, ${spot}`} }
sources:
  bench:
    sender: standard-webhooks
    secrets: [{ env: BENCH_SECRET }]
    spot: main
    invite: { live: { expr: live }, member: { expr: email }, notify: true }
${more ?? ""}
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
  const running = yield* Process.start({
    ...node("../../relay/src/main.ts", "serve", "--config", "usher.yaml"),
    folder,
    env: { ...environment, MELTINGSPOT_SECRET_KEY: key, ...options.env },
    port
  })
  const usher: Usher = { ...running, folder, url: `http://127.0.0.1:${port}${path}` }
  return usher
})

/** An upstream without limits. */
export const upstream = Effect.gen(function* () {
  const port = yield* Process.freePort
  yield* Process.start({
    ...node("programs/upstream.ts"),
    folder: yield* newFolder,
    env: { PORT: String(port) },
    port
  })
  return `http://127.0.0.1:${port}`
})
