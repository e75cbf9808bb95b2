/** The versions of the contenders, and how each store waits for the disk. */
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

/** Describes the stores and packages of these contenders. */
export const of = Effect.fnUntraced(function* (names: Iterable<string>) {
  const all = [...names].join("; ")
  const found: Array<string> = []
  if (/sqlite|usher serve(?:;|$)/.test(all)) found.push(sqlite)
  if (/Postgres|pg/.test(all)) found.push(yield* postgres)
  if (/BullMQ/.test(all)) found.push(yield* Effect.orDie(redis))
  if (/Fastify|Node-RED/.test(all)) found.push(yield* packages)
  return `${found.join(". ")}.`
})
