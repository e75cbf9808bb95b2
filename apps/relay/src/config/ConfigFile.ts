/**
 * The configuration file read and resolved: secrets fetched, expressions compiled. Everything wrong with it is told at
 * once, each with its path.
 */
import { Effect, FileSystem, Path, Schema } from "effect"
import { Yaml } from "effect/encoding"
import type { Relay } from "@usher/engine"
import type { Secret } from "@usher/signatures"
import type { Database } from "../Database.ts"
import type { Configured } from "../admin/Tokens.ts"
import * as AdminConfig from "./AdminConfig.ts"
import { Config } from "./ConfigSchema.ts"
import * as DatabaseConfig from "./DatabaseConfig.ts"
import * as Problem from "./Problem.ts"
import * as ServerConfig from "./ServerConfig.ts"
import * as SourceConfig from "./SourceConfig.ts"
import * as SpotConfig from "./SpotConfig.ts"

/** The file, read and understood, with its secrets at hand. */
export interface Resolved {
  readonly host: string
  readonly port: number
  readonly database: Database
  readonly admin: { readonly tokens: ReadonlyArray<Configured> }
  readonly relay: Relay.Options
  /** What the deliveries of each source are signed with, for commands that sign or explain. */
  readonly secrets: ReadonlyMap<string, ReadonlyArray<Secret.Secret>>
}

export class InvalidConfig extends Schema.TaggedError<InvalidConfig>()("InvalidConfig", {
  file: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    const count = this.problems.length === 1 ? "a problem" : `${this.problems.length} problems`
    return [`${this.file} has ${count}:`, ...this.problems.map((problem) => `  ${problem}`)].join("\n")
  }
}

/** Reads YAML, or JSON, from a file that a flag names. */
export const parse = Effect.fnUntraced(function* (file: string, flag = "--config") {
  const fs = yield* FileSystem.FileSystem
  const fail = (...problems: ReadonlyArray<string>) => new InvalidConfig({ file, problems })
  const text = yield* Effect.mapError(fs.readFileString(file), (error) =>
    fail(
      error.reason._tag === "NotFound"
        ? `there is no such file: write it, or name another one with ${flag}`
        : `it can't be read: ${error.message}`
    )
  )
  return yield* Effect.try({
    try: (): unknown => Yaml.parse(text),
    catch: (cause) => fail(`line ${lineOf(text, reasonOf(cause))} is no YAML: ${reasonOf(cause)}`)
  })
})

/** Reads a file. Fails with everything that is wrong with it. */
export const load = Effect.fn("ConfigFile.load")(function* (file: string) {
  const path = yield* Path.Path
  const fail = (...problems: ReadonlyArray<string>) => new InvalidConfig({ file, problems })
  const parsed = yield* parse(file)
  const config = yield* Effect.mapError(decode(parsed), ({ issue }) => fail(...Problem.describe(issue)))
  const folder = path.dirname(path.resolve(file))
  const found: Array<Problem.Problem> = []
  const resolved = yield* resolve(config, folder, Problem.collect(found))
  return found.length === 0 ? resolved : yield* fail(...found.map(Problem.format))
})

const decode = Schema.decodeUnknownEffect(Config, { errors: "all", onExcessProperty: "error" })

/** Without the place, which the parser does not always give as a line. */
const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : "unknown").replace(/ at (?:flow offset|line) \d+$/, "")

/** The line that ends the shortest beginning of the text which fails in the same way. */
const lineOf = (text: string, reason: string): number => {
  const lines = text.split("\n")
  const failsAlike = (_: string, index: number) => {
    try {
      Yaml.parse(lines.slice(0, index + 1).join("\n"))
      return false
    } catch (cause) {
      return reasonOf(cause) === reason
    }
  }
  return lines.findIndex(failsAlike) + 1
}

/** Every section is looked at, whatever is wrong with the others. */
const resolve = Effect.fnUntraced(function* (config: Config, folder: string, problems: Problem.Problems) {
  const spots = yield* Effect.forEach(Object.entries(config.spots), ([name, spot]) =>
    Effect.map(
      SpotConfig.resolve(spot, folder, Problem.below(problems, "spots", name)),
      (resolved) => [name, resolved] as const
    )
  )
  const names = Object.keys(config.spots)
  const made = yield* Effect.forEach(Object.entries(config.sources), ([name, source]) =>
    SourceConfig.resolve(name, source, names, folder, Problem.below(problems, "sources", name))
  )
  const sources = made.filter((source) => source !== undefined)
  const { host, port, publicUrl } = ServerConfig.resolve(config.server)
  const database = yield* DatabaseConfig.resolve(folder, config.database).pipe(
    Effect.catch(({ message }) => Effect.as(problems.note(["database"], message), nowhere))
  )
  const resolved: Resolved = {
    host,
    port,
    database,
    admin: yield* AdminConfig.resolve(config.admin, folder, Problem.below(problems, "admin")),
    relay: {
      publicUrl,
      spots: new Map(spots),
      sources: new Map(sources.map(({ source }) => [source.name, source]))
    },
    secrets: new Map(sources.map(({ source, secrets }) => [source.name, secrets]))
  }
  return resolved
})

const nowhere: Database = { kind: "sqlite", file: "" }
