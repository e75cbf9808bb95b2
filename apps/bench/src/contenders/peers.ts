/** The alternatives that a team would write. Their packages are not part of the workspace; the first use installs them. */
import { Effect, FileSystem } from "effect"
import { Missing } from "../Contender.ts"
import { path } from "../load/deliveries.ts"
import * as Process from "../Process.ts"
import * as Redis from "../servers/Redis.ts"
import * as program from "./program.ts"

export const peers = Process.beside("../peers")

const installation = ["-y", "pnpm@12.21.0", "--dir", peers, "install", "--frozen-lockfile"]

/** Installs the peers if this package is missing. */
export const installed = Effect.fnUntraced(function* (name: string) {
  const fs = yield* FileSystem.FileSystem
  const isThere = Effect.orDie(fs.exists(`${peers}/node_modules/${name}/package.json`))
  if (yield* isThere) return
  yield* Process.output("npx", ...installation)
  if (yield* isThere) return
  return yield* new Missing({ what: `${name} (it could not be installed from the registry)` })
})

export const bullmq = Effect.fnUntraced(function* (fsync: "always" | "everysec") {
  yield* installed("bullmq")
  const { port, pid: server } = yield* Redis.start(yield* program.folder, fsync)
  return { ...(yield* program.start("../peers/bullmq.ts", { REDIS_PORT: String(port) })), server }
})

export const pgBoss = Effect.andThen(installed("pg-boss"), program.onPostgres("../peers/pgBoss.ts"))

export const graphileWorker = Effect.andThen(
  installed("graphile-worker"),
  program.onPostgres("../peers/graphileWorker.ts")
)

export const nodeRed = Effect.gen(function* () {
  yield* installed("node-red")
  const fs = yield* FileSystem.FileSystem
  const folder = yield* program.folder
  yield* Effect.orDie(fs.copyFile(`${peers}/node-red/flows.json`, `${folder}/flows.json`))
  const port = yield* Process.freePort
  const main = `${peers}/node_modules/node-red/red.js`
  const running = yield* Process.start({
    command: process.execPath,
    args: ["--no-warnings", main, "--userDir", folder, "--settings", `${peers}/node-red/settings.ts`],
    folder,
    env: { ...program.environment, PORT: String(port) },
    port
  })
  return { ...running, url: `http://127.0.0.1:${port}${path}` }
})
