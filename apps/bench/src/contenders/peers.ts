/** What a team would write instead. Their packages are no part of the workspace; they are installed when first wanted. */
import { Effect, FileSystem } from "effect"
import { Missing } from "../Contender.ts"
import { path } from "../load/deliveries.ts"
import * as Process from "../Process.ts"
import { Postgres } from "../servers/Postgres.ts"
import * as Redis from "../servers/Redis.ts"
import * as program from "./program.ts"

/** Their folder. */
export const peers = Process.beside("../peers")

const installation = ["-y", "pnpm@12.21.0", "--dir", peers, "install", "--frozen-lockfile"]

/** Ends well once that package is there. */
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

const onPostgres = Effect.fnUntraced(function* (name: string, file: string) {
  yield* installed(name)
  const { database, pid } = yield* Postgres
  return { ...(yield* program.start(file, { DATABASE_URL: yield* database })), server: yield* pid }
})

export const pgBoss = onPostgres("pg-boss", "../peers/pgBoss.ts")

export const graphileWorker = onPostgres("graphile-worker", "../peers/graphileWorker.ts")

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
