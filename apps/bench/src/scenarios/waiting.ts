/** A relay's SQLite file in which so many invitations wait already, with the Spots that they belong to. */
import { Effect, FileSystem, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Events, Signals, StoreSql } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { fill } from "../../../../packages/engine/bench/fill.ts"
import * as program from "../contenders/program.ts"

export { spots } from "../../../../packages/engine/bench/fill.ts"

const step = 50_000

/** A folder that goes with the scope. */
export const make = Effect.fnUntraced(function* (size: number) {
  const folder = yield* program.folder
  const database = SqliteClient.layer({ filename: `${folder}/usher.db` })
  const filling = Effect.gen(function* () {
    for (let from = 0; from < size; from += step) yield* fill(from, Math.min(size, from + step))
  })
  yield* filling.pipe(
    Effect.provide(
      StoreSql.layer.pipe(
        Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone]),
        Layer.provideMerge(database)
      )
    ),
    Effect.orDie
  )
  return folder
})

/** A copy, so that each round has its own. */
export const copy = Effect.fnUntraced(function* (from: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* program.folder
  yield* Effect.orDie(fs.copyFile(`${from}/usher.db`, `${folder}/usher.db`))
  return folder
})
