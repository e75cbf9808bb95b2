/**
 * The configuration file read and resolved: secrets fetched, expressions compiled. Everything wrong with it is told at
 * once, each with its path: what is wrong in one place hides nothing elsewhere.
 */
import { Effect, FileSystem, Path, Predicate, Result, Schema } from "effect"
import type { Quarantine, Relay, Sources, Spots } from "@usher/engine"
import type { Secret } from "@usher/signatures"
import type * as AdminServer from "@usher/admin/AdminServer"
import type { Proxies } from "../outbound/Proxies.ts"
import type { Trusted } from "../outbound/Upstream.ts"
import * as AdminConfig from "./AdminConfig.ts"
import type * as ConfigSchema from "./ConfigSchema.ts"
import * as DatabaseConfig from "./DatabaseConfig.ts"
import * as Document from "./Document.ts"
import * as Draft from "./Draft.ts"
import * as Problem from "./Problem.ts"
import * as ProxyConfig from "./ProxyConfig.ts"
import * as QuarantineConfig from "./QuarantineConfig.ts"
import { type ResolvedSource, resolveSource, type WrittenSource } from "./resolveSource.ts"
import * as Salvage from "./Salvage.ts"
import { secretFilesOf, type SecretFile } from "./secretFiles.ts"
import * as ServerConfig from "./ServerConfig.ts"
import * as SpotConfig from "./SpotConfig.ts"

/** The file, read and understood, with its secrets at hand. */
export interface Resolved extends Pick<
  ServerConfig.Server,
  "name" | "host" | "port" | "trustedProxies" | "requestTimeout" | "keepAliveTimeout"
> {
  readonly adminListener: ServerConfig.Server["admin"]
  readonly database: DatabaseConfig.Database
  readonly admin: Omit<AdminServer.Options, "publicUrl">
  /** Where in its list each token of `admin` stands. */
  readonly tokenPlaces: ReadonlyArray<number>
  readonly relay: Omit<Relay.Options, "sources" | "spots"> & {
    readonly sources: Sources.All
    readonly spots: ReadonlyMap<string, Spots.Options>
  }
  /** Certificate authorities and proxies of Spots that name their own. */
  readonly trusted: Trusted
  /** Of all calls to MeltingSpot, and of telemetry. */
  readonly proxies: Proxies
  readonly quarantine: Quarantine.Bounds
  /** What a relay that runs can't change, by its keys. */
  readonly fixed: ReadonlyMap<string, unknown>
  /** As they stand in the file, with their secrets: by these it is seen which of them have changed. */
  readonly sources: ReadonlyMap<string, Omit<ResolvedSource, "source">>
  /** What the deliveries of each source are signed with, for commands that sign or explain. */
  readonly secrets: ReadonlyMap<string, ReadonlyArray<Secret.Secret>>
  /** Every source of the file, also those of which none could be made. */
  readonly written: ReadonlyArray<WrittenSource>
  /** Whether `server.publicUrl` is given. Otherwise the relay guesses it. */
  readonly isPublicUrlGiven: boolean
  /** Where the file names files that hold secrets. */
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

/** Reads YAML, or JSON, from a file that a flag names. */
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
          : `it can't be read: ${error.message}`
      )
    ])
  )
})

const failing = (file: string) => (problems: ReadonlyArray<Problem.Problem>) =>
  new InvalidConfig({ file, problems })

/** What is wrong with what was read, each with its line, in the order of the file. */
export const refusal = (
  file: string,
  document: Document.Document,
  problems: ReadonlyArray<Problem.Problem>
): InvalidConfig => failing(file)(inOrder(problems.map(document.place)))

/** Reads a file. Fails with everything that is wrong with it. */
export const load = Effect.fn("ConfigFile.load")(function* (file: string) {
  const { problems, resolved } = yield* examine(file)
  return resolved !== undefined && problems.length === 0 ? resolved : yield* failing(file)(problems)
})

/** What there is to say of a file. */
export interface Examined {
  /** Everything that is wrong with it, in the order of the file. */
  readonly problems: ReadonlyArray<Problem.Problem>
  /** What could be made of the rest: with problems it is incomplete, and no relay may run with it. */
  readonly resolved: Resolved | undefined
  /** With the line. */
  readonly place: Document.Document["place"]
}

/** Reads a file, and goes on past everything that is wrong with it. Fails if there is none. */
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
  // A section that is taken out is not missing.
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
  /** From where paths are seen. */
  readonly folder: string
  /** The names of all Spots, whether anything is wrong with them or not. */
  readonly spots: ReadonlyArray<string>
  readonly problems: Problem.Problems
}

/** Every section is looked at, whatever is wrong with the others. */
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
  const { admin, places } = yield* AdminConfig.resolve(config.admin, folder, Problem.below(problems, "admin"))
  const resolved: Resolved = {
    ...listening,
    adminListener,
    trusted: new Map(
      spots.flatMap(([name, { trusted }]) => (trusted === undefined ? [] : [[name, trusted] as const]))
    ),
    proxies: yield* ProxyConfig.resolve(config.proxy, folder, Problem.below(problems, "proxy")),
    quarantine: QuarantineConfig.resolve(config.quarantine),
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

/** Sections that can change while the relay runs, or are compared by what they stand for. */
const apart = new Set(["$schema", "server", "database", "spots", "sources"])

const nowhere: DatabaseConfig.Database = { kind: "sqlite", file: "" }
