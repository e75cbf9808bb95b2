/** The folder of a relay with pending invitations in its SQLite file, and the Spots that they belong to. */
import { Effect, FileSystem } from "effect"
import * as program from "../contenders/program.ts"
import { filled, openSqlite } from "../inbox/databases.ts"

export { spots } from "../inbox/fill.ts"

/** Makes a folder that the scope removes. */
export const make = Effect.fnUntraced(function* (size: number) {
  const folder = yield* program.folder
  yield* Effect.scoped(Effect.flatMap(openSqlite(`${folder}/usher.db`), (services) => filled(services, size)))
  return folder
})

/** Copies the file to a new folder, so that each round has its own. */
export const copy = Effect.fnUntraced(function* (from: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* program.folder
  yield* Effect.orDie(fs.copyFile(`${from}/usher.db`, `${folder}/usher.db`))
  return folder
})
