/**
 * The configuration file read and resolved: secrets fetched, expressions compiled. Everything wrong with it is told at
 * once, each with its path.
 */
import { Effect, FileSystem, Option, Path, Redacted, Schema } from "effect"
import { Yaml } from "effect/encoding"
import { MeltingSpotConfig } from "@usher/core"
import { Mapping, type Relay, Source } from "@usher/engine"
import { Secret, type Sender, Senders } from "@usher/signatures"
import { describe } from "./ConfigProblem.ts"
import { Config as ConfigSchema, type SourceConfig } from "./ConfigSchema.ts"
import * as SecretRef from "./SecretRef.ts"
import * as Database from "./Database.ts"
import { suggest } from "./suggest.ts"

/** The file, read and understood, with its secrets at hand. */
export interface Resolved {
  readonly host: string
  readonly port: number
  readonly database: Database.Database
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

/** Reads a file. Fails with everything that is wrong with it. */
export const load = Effect.fn("ConfigFile.load")(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const fail = (...problems: ReadonlyArray<string>) => new InvalidConfig({ file, problems })
  const text = yield* Effect.mapError(fs.readFileString(file), (error) =>
    fail(
      error.reason._tag === "NotFound"
        ? "there is no such file: write it, or name another one with --config"
        : `it can't be read: ${error.message}`
    )
  )
  const parsed = yield* Effect.try({
    try: () => Yaml.parse(text),
    catch: (cause) => fail(`line ${lineOf(text, reasonOf(cause))} is no YAML: ${reasonOf(cause)}`)
  })
  const config = yield* Effect.mapError(decode(parsed), ({ issue }) => fail(...describe(issue)))
  const folder = path.dirname(path.resolve(file))
  const problems: Array<string> = []
  const resolved = yield* resolve(config, folder, problems)
  return problems.length === 0 ? resolved : yield* fail(...problems)
})

const decode = Schema.decodeUnknownEffect(ConfigSchema, { errors: "all", onExcessProperty: "error" })

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

const rotationOf = ({ expiresAt, label }: typeof SecretRef.SourceSecretRef.Type) => ({
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(label === undefined ? {} : { label })
})

const checkSecretKey = Schema.decodeEffect(MeltingSpotConfig.SecretKey)

/** Every problem is noted and the rest is looked at all the same, so that one start shows them all. */
const resolve = Effect.fnUntraced(function* (config: ConfigSchema, folder: string, problems: Array<string>) {
  const note = (problem: string) => Effect.sync(() => void problems.push(problem))

  const secret = (at: string, ref: SecretRef.SecretRef) =>
    Effect.catch(SecretRef.read(ref, folder), ({ message }) =>
      Effect.as(note(`${at}: ${message}`), Redacted.make(""))
    )

  const spots = yield* Effect.forEach(
    Object.entries(config.spots),
    Effect.fnUntraced(function* ([name, spot]) {
      const at = `spots.${name}.secretKey`
      const secretKey = yield* secret(at, spot.secretKey)
      // A missing secret is noted already.
      if (Redacted.value(secretKey) !== "") {
        yield* Effect.catch(checkSecretKey(secretKey), () =>
          note(`${at}: no key has spaces or line breaks in it`)
        )
      }
      return [name, { ...spot, secretKey }] as const
    })
  )

  const source = Effect.fnUntraced(function* (name: string, from: typeof SourceConfig.Type) {
    const at = `sources.${name}`
    if (!Object.hasOwn(config.spots, from.spot)) {
      const meant = suggest(from.spot, Object.keys(config.spots))
      problems.push(`${at}.spot: there is no ${from.spot} under spots; ${meant}`)
    }
    const secrets = yield* Effect.forEach(from.secrets ?? [], (ref, index) =>
      Effect.map(secret(`${at}.secrets.${index}`, ref), (value) => Secret.make(value, rotationOf(ref)))
    )
    const known = Option.getOrUndefined(Senders.get(from.sender))
    if (known === undefined) {
      const meant = suggest(from.sender, Senders.names)
      problems.push(`${at}.sender: ${from.sender} is not known; ${meant} For any other, custom with verify.`)
      return
    }
    const { spot, verify: scheme = known.scheme, deliveryId = known.deliveryId } = from
    const sender: Sender.Sender = { ...known, scheme, deliveryId }
    const member = from.invite.member ?? (sender.email === undefined ? undefined : { expr: sender.email })
    if (member === undefined) {
      problems.push(`${at}.invite.member: ${sender.name} has no usual path to the address: give { expr: … }`)
      return
    }
    const when = from.when === undefined ? {} : { when: from.when }
    const mapping = yield* Mapping.make({ ...from.invite, member, ...when }).pipe(
      Effect.catch(({ field, message }) => note(`${at}.${field === "when" ? "" : "invite."}${message}`))
    )
    // A missing secret is noted already; its shape can't be judged.
    if (mapping === undefined || secrets.some(({ value }) => Redacted.value(value) === "")) return
    const { expires, reinviteAfter } = from
    return yield* Source.make({ name, sender, secrets, spot, mapping, expires, reinviteAfter }).pipe(
      Effect.map((source) => ({ source, secrets })),
      Effect.catch(({ message }) => note(`${at}.secrets: ${message}`))
    )
  })

  const made = yield* Effect.forEach(Object.entries(config.sources), ([name, from]) => source(name, from))
  const sources = made.filter((source) => source !== undefined)
  const { host = "127.0.0.1", port = 8787, publicUrl = `http://${host}:${port}` } = config.server ?? {}
  const database = yield* Database.resolve(config.database ?? "sqlite:./data/usher.db", folder).pipe(
    Effect.catch(({ message }) =>
      Effect.as(note(`database: ${message}`), { kind: "sqlite", file: "" } satisfies Database.Database)
    )
  )
  const resolved: Resolved = {
    host,
    port,
    database,
    relay: {
      publicUrl: publicUrl.replace(/\/+$/, ""),
      spots: new Map(spots),
      sources: new Map(sources.map(({ source }) => [source.name, source]))
    },
    secrets: new Map(sources.map(({ source, secrets }) => [source.name, secrets]))
  }
  return resolved
})
