/**
 * Reads and resolves the configuration file: secrets are read, expressions are compiled. It reports all problems together,
 * each with its path; a problem in one place does not hide others.
 */
import { Effect, FileSystem, Path, Predicate, Result, Schema } from "effect"
import type { Relay, Sources, Spots } from "@usher/engine"
import type { Secret } from "@usher/signatures"
import type * as AdminServer from "@usher/admin/AdminServer"
import type * as Alerts from "../alerts/Alerts.ts"
import { fileProblem } from "../fileProblem.ts"
import type { Proxies } from "../outbound/Proxies.ts"
import type { Trusted } from "../outbound/Upstream.ts"
import * as AdminConfig from "./AdminConfig.ts"
import * as AlertsConfig from "./AlertsConfig.ts"
import type * as ConfigSchema from "./ConfigSchema.ts"
import * as DatabaseConfig from "./DatabaseConfig.ts"
import * as Document from "./Document.ts"
import * as Draft from "./Draft.ts"
import * as Problem from "./Problem.ts"
import * as ProxyConfig from "./ProxyConfig.ts"
import * as QuarantineConfig from "./QuarantineConfig.ts"
import * as RetentionConfig from "./RetentionConfig.ts"
import { type ResolvedSource, resolveSource, type WrittenSource } from "./resolveSource.ts"
import * as Salvage from "./Salvage.ts"
import { secretFilesOf, type SecretFile } from "./secretFiles.ts"
import * as ServerConfig from "./ServerConfig.ts"
import * as SpotConfig from "./SpotConfig.ts"

/** The resolved configuration. */
export interface Resolved extends Pick<
  ServerConfig.Server,
  "name" | "host" | "port" | "trustedProxies" | "requestTimeout" | "keepAliveTimeout"
> {
  /** The file as it is written. */
  readonly draft: ConfigSchema.Draft
  readonly adminListener: ServerConfig.Server["admin"]
  readonly database: DatabaseConfig.Database
  readonly admin: Omit<AdminServer.Options, "publicUrl">
  /** The index of each token of `admin` in its list. */
  readonly tokenPlaces: ReadonlyArray<number>
  readonly relay: Omit<Relay.Options, "sources" | "spots"> & {
    readonly sources: Sources.All
    readonly spots: ReadonlyMap<string, Spots.Options>
  }
  /** The certificate authorities and proxies of individual Spots. */
  readonly trusted: Trusted
  /** The proxies for all calls to MeltingSpot and for telemetry. */
  readonly proxies: Proxies
  readonly quarantine: ReturnType<typeof QuarantineConfig.resolve>
  readonly alerts: Alerts.Options
  readonly retention: RetentionConfig.Retention
  /** The values that require a restart, by key. */
  readonly fixed: ReadonlyMap<string, unknown>
  /** The sources as written in the file, with their secrets. A reload compares them. */
  readonly sources: ReadonlyMap<string, Omit<ResolvedSource, "source">>
  /** The secrets of each source, for commands that sign or explain. */
  readonly secrets: ReadonlyMap<string, ReadonlyArray<Secret.Secret>>
  /** All sources of the file, including invalid ones. */
  readonly written: ReadonlyArray<WrittenSource>
  /** Whether `server.publicUrl` is configured. */
  readonly isPublicUrlGiven: boolean
  /** The secret files that the configuration names. */
  readonly secretFiles: ReadonlyArray<SecretFile>
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

/** Reads YAML or JSON from the file of a flag. */
export const parse = Effect.fnUntraced(function* (file: string, flag = "--config") {
  const text = yield* read(file, flag)
  return yield* Effect.mapError(Effect.fromResult(Document.parse(text)), failing(file))
})

const read = Effect.fnUntraced(function* (file: string, flag: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.mapError(fs.readFileString(file), (error) =>
    failing(file)([
      Problem.whole(
        error.reason._tag === "NotFound"
          ? `no such file: create it, or name another file with ${flag}`
          : `it ${fileProblem(error) ?? `can't be read: ${error.message}`}`
      )
    ])
  )
})

const failing = (file: string) => (problems: ReadonlyArray<Problem.Problem>) =>
  new InvalidConfig({ file, problems })

/** The error with these problems, each with its line, in the order of the file. */
export const refusal = (
  file: string,
  document: Document.Document,
  problems: ReadonlyArray<Problem.Problem>
): InvalidConfig => failing(file)(inOrder(problems.map(document.place)))

/** Reads a file. Fails with all of its problems. */
export const load = Effect.fn("ConfigFile.load")(function* (file: string) {
  const { problems, resolved } = yield* examine(file)
  return resolved !== undefined && problems.length === 0 ? resolved : yield* failing(file)(problems)
})

/** The result of an examination. */
export interface Examined {
  /** All problems, in the order of the file. */
  readonly problems: ReadonlyArray<Problem.Problem>
  /** The configuration. With problems it is incomplete, and must not be run. */
  readonly resolved: Resolved | undefined
  /** Adds the line to a problem. */
  readonly place: Document.Document["place"]
}

/** Reads a file, and continues after problems. Fails if the file does not exist. */
export const examine = Effect.fn("ConfigFile.examine")(function* (file: string) {
  const path = yield* Path.Path
  const text = yield* read(file, "--config")
  const { document, lost, ...salvaged } = Result.match(Document.parse(text), {
    onSuccess: (document) => ({ document, problems: [], lost: [] }),
    onFailure: (problems) => Salvage.salvage(text, problems)
  })
  const broken: Examined = { problems: salvaged.problems, resolved: undefined, place: (problem) => problem }
  if (document === undefined) return broken
  const found: Array<Problem.Problem> = []
  const draft = yield* Draft.decode(document.value, found)
  // A section that was cut out is not missing.
  const problems = found.filter(
    ({ path }) => !lost.some(([section]) => path.length === 1 && path[0] === section)
  )
  const resolved =
    draft === undefined
      ? undefined
      : yield* resolve(draft, {
          folder: path.dirname(path.resolve(file)),
          spots: [...namesIn(document.value, "spots"), ...lostNames(lost, "spots")],
          problems: Problem.collect(problems)
        })
  const examined: Examined = {
    problems: inOrder([...salvaged.problems, ...problems.map(document.place)]),
    resolved,
    place: document.place
  }
  return examined
})

const inOrder = (problems: ReadonlyArray<Problem.Problem>): ReadonlyArray<Problem.Problem> =>
  problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))

const namesIn = (value: unknown, section: string): ReadonlyArray<string> =>
  Predicate.hasProperty(value, section) && Predicate.isObject(value[section])
    ? Object.keys(value[section])
    : []

const lostNames = (lost: ReadonlyArray<ReadonlyArray<string>>, section: string): ReadonlyArray<string> =>
  lost.flatMap(([above, name]) => (above === section && name !== undefined ? [name] : []))

interface Surroundings {
  /** The folder of relative paths. */
  readonly folder: string
  /** The names of all Spots, including invalid ones. */
  readonly spots: ReadonlyArray<string>
  readonly problems: Problem.Problems
}

/** Resolves all sections, even if some are invalid. */
const resolve = Effect.fnUntraced(function* (config: ConfigSchema.Draft, surroundings: Surroundings) {
  const { folder, problems } = surroundings
  const spots = yield* Effect.forEach(Object.entries(config.spots ?? {}), ([name, spot]) =>
    Effect.map(
      SpotConfig.resolve(spot, folder, Problem.below(problems, "spots", name)),
      (resolved) => [name, resolved] as const
    )
  )
  yield* SpotConfig.checkProxies(spots, Problem.below(problems, "spots"))
  const written = yield* Effect.forEach(Object.entries(config.sources ?? {}), ([name, source]) =>
    resolveSource(name, source, surroundings.spots, folder, Problem.below(problems, "sources", name))
  )
  const sources = written.flatMap(({ made }) => (made === undefined ? [] : [made]))
  yield* ServerConfig.check(config.server, Problem.below(problems, "server"))
  const server = ServerConfig.resolve(config.server)
  const {
    publicUrl,
    maxBodySize,
    maxBodyTotal,
    deadline,
    refusals,
    admin: adminListener,
    ...listening
  } = server
  const database =
    (yield* DatabaseConfig.resolve(folder, config.database, Problem.below(problems, "database"))) ?? nowhere
  const retention = RetentionConfig.resolve(config)
  const { admin, places } = yield* AdminConfig.resolve(
    config.admin,
    retention.audit,
    folder,
    Problem.below(problems, "admin")
  )
  const resolved: Resolved = {
    ...listening,
    draft: config,
    adminListener,
    trusted: new Map(
      spots.flatMap(([name, { trusted }]) => (trusted === undefined ? [] : [[name, trusted] as const]))
    ),
    proxies: yield* ProxyConfig.resolve(config.proxy, folder, Problem.below(problems, "proxy")),
    quarantine: QuarantineConfig.resolve(config.quarantine, retention.quarantine),
    retention,
    alerts: yield* AlertsConfig.resolve(config.alerts, publicUrl, folder, Problem.below(problems, "alerts")),
    database,
    admin,
    tokenPlaces: places,
    relay: {
      publicUrl,
      maxBodySize,
      maxBodyTotal,
      deadline,
      refusals,
      spots: new Map(spots.map(([name, { options }]) => [name, options])),
      sources: new Map(sources.map(({ source }) => [source.name, source]))
    },
    fixed: new Map<string, unknown>([
      ...Object.entries(config).filter(([section]) => !apart.has(section)),
      ...Object.entries(server).map(([key, value]) => [`server.${key}`, value] as const),
      ["database", database]
    ]),
    sources: new Map(sources.map(({ source, ...rest }) => [source.name, rest])),
    secrets: new Map(sources.map(({ source, secrets }) => [source.name, secrets])),
    written,
    isPublicUrlGiven: config.server?.publicUrl !== undefined,
    secretFiles: yield* secretFilesOf(config, folder)
  }
  return resolved
})

/** Sections that can change while the relay runs, or whose resolved values are compared. */
const apart = new Set(["$schema", "server", "database", "spots", "sources"])

const nowhere: DatabaseConfig.Database = { kind: "sqlite", file: "" }
