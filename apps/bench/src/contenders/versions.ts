/** Whose figures they are: versions, and how each store waits for the disk. */
import { Effect, FileSystem, Schema } from "effect"
import { Postgres } from "../servers/Postgres.ts"
import * as Redis from "../servers/Redis.ts"
import { peers } from "./peers.ts"

const Manifest = Schema.fromJsonString(
  Schema.Struct({ dependencies: Schema.Record(Schema.String, Schema.String) })
)

export const sqlite = "SQLite: journal_mode=WAL, synchronous=FULL, as the relay sets them"

export const postgres = Effect.gen(function* () {
  const { version, durability } = yield* Postgres
  return `Postgres ${yield* version}: ${yield* durability}`
})

const redis = Effect.map(
  Redis.version,
  (version) => `Redis ${version}: appendonly=yes, appendfsync as named, no snapshots`
)

const packages = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(`${peers}/package.json`)
  const { dependencies } = yield* Schema.decodeEffect(Manifest)(text)
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")
}).pipe(Effect.orDie)

/** Of those who took part. */
export const of = Effect.fnUntraced(function* (names: Iterable<string>) {
  const all = [...names].join("; ")
  const said: Array<string> = []
  if (/sqlite|usher serve(?:;|$)/.test(all)) said.push(sqlite)
  if (/Postgres|pg/.test(all)) said.push(yield* postgres)
  if (/BullMQ/.test(all)) said.push(yield* Effect.orDie(redis))
  if (/Fastify|Node-RED/.test(all)) said.push(yield* packages)
  return said.join(". ") + "."
})
