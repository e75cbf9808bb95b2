/** What `verify` and `send` take alike: whose delivery it is, its secrets, files, and a moment. */
import { Effect, FileSystem, Option, Redacted, Stdio, Stream } from "effect"
import { Argument, Flag } from "effect/cli"
import { Secret, type Sender, Senders } from "@usher/signatures"
import { nearest } from "@usher/admin/Suggest"
import * as ConfigFile from "../../config/ConfigFile.ts"
import * as SecretRef from "../../config/SecretRef.ts"
import { Failed } from "../support/failure.ts"
import { timeFlag } from "../support/timeFlag.ts"

/** A flag or an argument that can't be used. */
export const usage = (message: string) => new Failed({ kind: "usage", message })

export const senderArgument = Argument.String("sender").pipe(
  Argument.withDescription(`With --config, one of your sources; or a sender: ${Senders.names.join(", ")}`)
)

export const sourcesFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.optional,
  Flag.withDescription("The configuration file of the relay, to use one of its sources")
)

export const secretsFlag = Flag.Redacted("secret").pipe(
  Flag.withMetavar("value | env:NAME | file:PATH"),
  Flag.atLeast(0),
  Flag.withDescription("The secret shared with the sender. Repeatable during a rotation")
)

export const atFlag = (description: string) => timeFlag("at", description).pipe(Flag.optional)

export const bodyDescription = "A file with the raw body, or - for standard input"

/** A configured source, or a kind of sender. */
export interface Subject {
  readonly sender: Sender.Sender
  /** The configured source that was named. */
  readonly source: Option.Option<string>
  readonly secrets: ReadonlyArray<Secret.Secret>
}

/** The source of that name where a configuration is given, else the sender. Secrets that are told come first. */
export const subjectOf = Effect.fnUntraced(function* (
  name: string,
  told: ReadonlyArray<Redacted.Redacted<string>>,
  config: Option.Option<ConfigFile.Resolved>
) {
  const secrets = yield* Effect.forEach(told, readSecret)
  const source = Option.flatMapNullishOr(config, ({ relay }) => relay.sources.get(name))
  if (Option.isSome(source)) {
    const configured = Option.flatMapNullishOr(config, (config) => config.secrets.get(name))
    const subject: Subject = {
      sender: source.value.sender,
      source: Option.some(name),
      secrets: secrets.length > 0 ? secrets : Option.getOrElse(configured, () => [])
    }
    return subject
  }
  const sender = yield* senderOf(
    name,
    Option.match(config, { onNone: () => [], onSome: ({ relay }) => [...relay.sources.keys()] })
  )
  if (secrets.length === 0 && sender.scheme.scheme !== "none") {
    return yield* usage(`${name} needs a secret. Give --secret, such as --secret env:NAME`)
  }
  const subject: Subject = { sender, source: Option.none(), secrets }
  return subject
})

const senderOf = (name: string, sources: ReadonlyArray<string>): Effect.Effect<Sender.Sender, Failed> =>
  Option.match(Senders.get(name), {
    onSome: Effect.succeed,
    onNone: () => {
      const meant = nearest(name, [...Senders.names, ...Object.keys(Senders.aliases)])
      const hint =
        meant === undefined ? `use custom, or one of ${Senders.names.join(", ")}` : `did you mean ${meant}?`
      const message =
        sources.length === 0
          ? `${name} is no known sender: ${hint} (To use your own sources, give --config usher.yaml)`
          : `${name} is no known sender, and no source of the configuration (${sources.join(", ")}): ${hint}`
      return Effect.fail(new Failed({ kind: sources.length === 0 ? "usage" : "missing", message }))
    }
  })

/** `env:NAME`, `file:PATH`, or the secret itself. */
const readSecret = (told: Redacted.Redacted<string>) => {
  const label = Redacted.value(told)
  const [, kind, name = ""] = /^(env|file):(.*)$/s.exec(label) ?? []
  if (kind === undefined) return Effect.succeed(Secret.make(told))
  const secret = SecretRef.read(kind === "env" ? { env: name } : { file: name })
  return secret.pipe(
    Effect.map((secret) => Secret.make(secret, { label })),
    Effect.mapError(({ of, why }) => usage(`the ${of} ${name} ${why}`))
  )
}

/** A file's bytes, as they are; `-` is standard input. */
export const readBytes = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const stdio = yield* Stdio.Stdio
  return yield* reading(file, file === "-" ? Stream.mkUint8Array(stdio.stdin) : fs.readFile(file))
})

const reading = <A, R>(
  file: string,
  read: Effect.Effect<A, { readonly reason: { readonly _tag: string }; readonly message: string }, R>
): Effect.Effect<A, Failed, R> =>
  Effect.mapError(read, ({ message, reason }) => {
    const why = reason._tag === "NotFound" ? "no such file" : `can't read the file: ${message}`
    return new Failed({ kind: "failed", message: `${file}: ${why}` })
  })

/** A URL that can be called. A query may hold a token, and is not told. */
export const urlOf = (text: string): Effect.Effect<string, Failed> =>
  URL.canParse(text) && /^https?:/i.test(text)
    ? Effect.succeed(text)
    : Effect.fail(
        usage(`--url ${text.split("?", 1)[0]} is no http(s) URL. Give one that begins with https://`)
      )

/** The configuration, where one is named. */
export const loadSources = (file: Option.Option<string>) =>
  Effect.transposeOption(Option.map(file, ConfigFile.load))
