/**
 * The configuration file read and resolved: secrets fetched, expressions compiled. Everything wrong with it is told at
 * once, each with its path.
 */
import { Effect, FileSystem, Option, Path, Predicate, Schema } from "effect"
import type { Quarantine, Relay } from "@usher/engine"
import type { Secret } from "@usher/signatures"
import type { Database } from "../Database.ts"
import type * as Admin from "../admin/Admin.ts"
import type { Trusted } from "../Upstream.ts"
import * as AdminConfig from "./AdminConfig.ts"
import { Config } from "./ConfigSchema.ts"
import * as DatabaseConfig from "./DatabaseConfig.ts"
import * as Document from "./Document.ts"
import * as Mistakes from "./Mistakes.ts"
import * as Problem from "./Problem.ts"
import * as QuarantineConfig from "./QuarantineConfig.ts"
import * as ServerConfig from "./ServerConfig.ts"
import * as SourceConfig from "./SourceConfig.ts"
import * as SpotConfig from "./SpotConfig.ts"

/** The file, read and understood, with its secrets at hand. */
export interface Resolved {
  readonly host: string
  readonly port: number
  readonly adminListener: ServerConfig.Server["admin"]
  readonly database: Database
  readonly admin: Omit<Admin.Options, "publicUrl">
  readonly relay: Relay.Options
  /** Certificate authorities of Spots that name their own. */
  readonly trusted: Trusted
  readonly quarantine: Quarantine.Bounds
  readonly trustedProxies: ServerConfig.Server["trustedProxies"]
  readonly requestTimeout: ServerConfig.Server["requestTimeout"]
  /** What a relay that runs can't change, by its keys. */
  readonly fixed: ReadonlyMap<string, unknown>
  /** As they stand in the file, with their secrets: by these it is seen which of them have changed. */
  readonly sources: ReadonlyMap<string, Omit<SourceConfig.ResolvedSource, "source">>
  /** What the deliveries of each source are signed with, for commands that sign or explain. */
  readonly secrets: ReadonlyMap<string, ReadonlyArray<Secret.Secret>>
}

export class InvalidConfig extends Schema.TaggedError<InvalidConfig>()("InvalidConfig", {
  file: Schema.String,
  /** In the order of the file. */
  problems: Schema.Array(Problem.Problem)
}) {
  override get message() {
    const count = this.problems.length === 1 ? "a problem" : `${this.problems.length} problems`
    return [
      `${this.file} has ${count}:`,
      ...this.problems.map((problem) => `  ${Problem.format(problem)}`)
    ].join("\n")
  }
}

/** Reads YAML, or JSON, from a file that a flag names. */
export const parse = Effect.fnUntraced(function* (file: string, flag = "--config") {
  const fs = yield* FileSystem.FileSystem
  const fail = failing(file)
  const text = yield* Effect.mapError(fs.readFileString(file), (error) =>
    fail([
      Problem.whole(
        error.reason._tag === "NotFound"
          ? `there is no such file: write it, or name another one with ${flag}`
          : `it can't be read: ${error.message}`
      )
    ])
  )
  return yield* Effect.mapError(Effect.fromResult(Document.parse(text)), fail)
})

const failing = (file: string) => (problems: ReadonlyArray<Problem.Problem>) =>
  new InvalidConfig({ file, problems })

/** What is wrong with what was read, each with its line, in the order of the file. */
export const refusal = (
  file: string,
  document: Document.Document,
  problems: ReadonlyArray<Problem.Problem>
): InvalidConfig =>
  failing(file)(problems.map(document.place).toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)))

/** Reads a file. Fails with everything that is wrong with it. */
export const load = Effect.fn("ConfigFile.load")(function* (file: string) {
  const path = yield* Path.Path
  const document = yield* parse(file)
  const found: Array<Problem.Problem> = []
  const config = yield* decode(document.value).pipe(
    Effect.catch(({ issue }) => {
      found.push(...Mistakes.find(issue, document.value))
      return decode(legible(document.value, found))
    }),
    Effect.option
  )
  const resolved = yield* Effect.transposeOption(
    Option.map(config, (config) =>
      resolve(config, {
        folder: path.dirname(path.resolve(file)),
        spots: namesIn(document.value, "spots"),
        problems: Problem.collect(found)
      })
    )
  )
  if (Option.isSome(resolved) && found.length === 0) return resolved.value
  return yield* refusal(file, document, found)
})

const decode = Schema.decodeUnknownEffect(Config, { errors: "all", onExcessProperty: "error" })

/** The file without the sections and entries that are wrong, so that the rest is looked at all the same. */
const legible = (value: unknown, problems: ReadonlyArray<Problem.Problem>): unknown => {
  const isRight = (...path: ReadonlyArray<string>) =>
    !problems.some((problem) => path.every((key, index) => problem.path[index] === key))
  const rightOf = (value: unknown, ...path: ReadonlyArray<string>): Record<string, unknown> =>
    Predicate.isObject(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => isRight(...path, key)))
      : {}
  if (!Predicate.isObject(value)) return
  const { spots, sources } = { spots: undefined, sources: undefined, ...value }
  return { ...rightOf(value), spots: rightOf(spots, "spots"), sources: rightOf(sources, "sources") }
}

const namesIn = (value: unknown, section: string): ReadonlyArray<string> =>
  Predicate.hasProperty(value, section) && Predicate.isObject(value[section])
    ? Object.keys(value[section])
    : []

interface Surroundings {
  /** From where paths are seen. */
  readonly folder: string
  /** The names of all Spots, whether anything is wrong with them or not. */
  readonly spots: ReadonlyArray<string>
  readonly problems: Problem.Problems
}

/** Every section is looked at, whatever is wrong with the others. */
const resolve = Effect.fnUntraced(function* (config: Config, surroundings: Surroundings) {
  const { folder, problems } = surroundings
  const spots = yield* Effect.forEach(Object.entries(config.spots), ([name, spot]) =>
    Effect.map(
      SpotConfig.resolve(spot, folder, Problem.below(problems, "spots", name)),
      (resolved) => [name, resolved] as const
    )
  )
  const made = yield* Effect.forEach(Object.entries(config.sources), ([name, source]) =>
    SourceConfig.resolve(name, source, surroundings.spots, folder, Problem.below(problems, "sources", name))
  )
  const sources = made.filter((source) => source !== undefined)
  const server = ServerConfig.resolve(config.server)
  const { host, port, admin: adminListener, trustedProxies, requestTimeout, ...receiving } = server
  yield* ServerConfig.check(server, Problem.below(problems, "server"))
  const database = yield* DatabaseConfig.resolve(folder, config.database).pipe(
    Effect.catch(({ message }) => Effect.as(problems.note(["database"], message), nowhere))
  )
  const resolved: Resolved = {
    host,
    port,
    adminListener,
    trustedProxies,
    requestTimeout,
    trusted: new Map(
      spots.flatMap(([name, { trusted }]) => (trusted === undefined ? [] : [[name, trusted] as const]))
    ),
    quarantine: QuarantineConfig.resolve(config.quarantine),
    database,
    admin: yield* AdminConfig.resolve(config.admin, folder, Problem.below(problems, "admin")),
    relay: {
      ...receiving,
      spots: new Map(spots.map(([name, { options }]) => [name, options])),
      sources: new Map(sources.map(({ source }) => [source.name, source]))
    },
    fixed: new Map<string, unknown>([
      ...Object.entries(config).filter(([section]) => !apart.has(section)),
      ...Object.entries(server).map(([key, value]) => [`server.${key}`, value] as const),
      ["database", database]
    ]),
    sources: new Map(sources.map(({ source, config, secrets }) => [source.name, { config, secrets }])),
    secrets: new Map(sources.map(({ source, secrets }) => [source.name, secrets]))
  }
  return resolved
})

/** Sections that can change while the relay runs, or are compared by what they stand for. */
const apart = new Set(["$schema", "server", "database", "spots", "sources"])

const nowhere: Database = { kind: "sqlite", file: "" }
