/** Arguments and flags that `verify` and `send` share. */
import { Effect, FileSystem, Option, Redacted, Stdio, Stream } from "effect"
import { Argument, Flag } from "effect/cli"
import { Secret, type Sender, Senders } from "@usher/signatures"
import { nearest } from "@usher/admin/Suggest"
import * as ConfigFile from "../../config/ConfigFile.ts"
import * as SecretRef from "../../config/SecretRef.ts"
import { fileProblem } from "../../fileProblem.ts"
import { failed, missing, usage } from "../support/failure.ts"
import { textFlag } from "../support/flags.ts"
import { timeFlag } from "../support/timeFlag.ts"

export const subjectFlags = {
  sender: Argument.String("sender").pipe(
    Argument.withDescription(`One of your sources, or a sender: ${Senders.names.join(", ")}`)
  ),
  config: Flag.withAlias(
    textFlag("config", "The configuration file of the relay, to use one of its sources. Default: usher.yaml"),
    "c"
  ),
  secrets: Flag.Redacted("secret").pipe(
    Flag.withMetavar("value | env:NAME | file:PATH"),
    Flag.atLeast(0),
    Flag.withDescription("The secret shared with the sender. Repeatable during a rotation")
  )
}

export const atFlag = (description: string) => timeFlag("at", description).pipe(Flag.optional)

export const bodyFlag = (note = "") =>
  Flag.String("body").pipe(
    Flag.withMetavar("file | -"),
    Flag.withDescription(`A file with the raw body, or - for standard input${note}`)
  )

/** A configured source, or a known sender. */
export interface Subject {
  readonly sender: Sender.Sender
  readonly secrets: ReadonlyArray<Secret.Secret>
  readonly config: ConfigFile.Resolved | undefined
  /** The configured source, with its path and its public URL. */
  readonly webhook: { readonly source: string; readonly path: string; readonly url: string } | undefined
}

/** The file of the other commands, if it is there. */
const defaultFile = FileSystem.FileSystem.use((fs) => fs.exists("usher.yaml")).pipe(
  Effect.orElseSucceed(() => false),
  Effect.map((isThere) => (isThere ? Option.some("usher.yaml") : Option.none()))
)

/** The configured source with this name, or the sender with this name. Given secrets replace configured ones. */
export const subjectOf = Effect.fnUntraced(function* (
  name: string,
  flags: {
    readonly config: Option.Option<string>
    readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  }
) {
  const known = Option.getOrUndefined(Senders.get(name))
  const isComplete = known !== undefined && (flags.secrets.length > 0 || known.scheme.scheme === "none")
  const file = Option.isNone(flags.config) && !isComplete ? yield* defaultFile : flags.config
  const config = Option.isSome(file) ? yield* ConfigFile.load(file.value) : undefined
  const secrets = yield* Effect.forEach(flags.secrets, readSecret)
  const source = config?.relay.sources.get(name)
  const sender = source?.sender ?? known
  if (sender === undefined) return yield* unknownSender(name, [...(config?.relay.sources.keys() ?? [])])
  if (source === undefined && secrets.length === 0 && sender.scheme.scheme !== "none") {
    return yield* usage(`${name} needs a secret. Give --secret, such as --secret env:NAME`)
  }
  const path = `/webhooks/${name}`
  const subject: Subject = {
    sender,
    secrets: secrets.length > 0 ? secrets : (config?.secrets.get(name) ?? []),
    config,
    webhook: source && config && { source: name, path, url: `${config.relay.publicUrl}${path}` }
  }
  return subject
})

export const unknownSender = (name: string, sources: ReadonlyArray<string>) => {
  const meant = nearest(name, [...Senders.names, ...Object.keys(Senders.aliases)])
  const hint =
    meant === undefined ? `use custom, or one of ${Senders.names.join(", ")}` : `did you mean ${meant}?`
  return sources.length === 0
    ? usage(`${name} is not a known sender: ${hint} (To use your own sources, give --config usher.yaml)`)
    : missing(
        `${name} is neither a known sender nor a source of the configuration (${sources.join(", ")}): ${hint}`
      )
}

/** Reads `env:NAME`, `file:PATH`, or the secret itself. */
const readSecret = (given: Redacted.Redacted<string>) => {
  const label = Redacted.value(given)
  const [, kind, name = ""] = /^(env|file):(.*)$/s.exec(label) ?? []
  if (kind === undefined) return Effect.succeed(Secret.make(given))
  return SecretRef.read(kind === "env" ? { env: name } : { file: name }).pipe(
    Effect.map((secret) => Secret.make(secret, { label })),
    Effect.mapError(({ of, why }) => usage(`the ${of} ${name} ${why}`))
  )
}

/** The bytes of a file. `-` is standard input. */
export const readBytes = Effect.fnUntraced(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem
    const stdio = yield* Stdio.Stdio
    return yield* file === "-" ? Stream.mkUint8Array(stdio.stdin) : fs.readFile(file)
  },
  (read, file) =>
    Effect.mapError(read, (error) => {
      const other = fileProblem(error) ?? `can't be read: ${error.message}`
      const why = error.reason._tag === "NotFound" ? "no such file" : `it ${other}`
      return failed(`${file}: ${why}`)
    })
)

/** Checks `--url`. Messages leave out the query, which may hold a token. */
export const urlOf = (given: Option.Option<string>) =>
  Option.isNone(given) || (URL.canParse(given.value) && /^https?:/i.test(given.value))
    ? Effect.succeed(Option.getOrUndefined(given))
    : Effect.fail(
        usage(
          `--url ${given.value.split("?", 1)[0]} is not an http(s) URL. Give one that begins with https://`
        )
      )
