/** References to secrets, which keep them out of the configuration and of command lines. */
import { Config, Effect, FileSystem, Path as Paths, Redacted, Schema } from "effect"
import type { Path, Problems } from "./Problem.ts"
import { TimeText } from "./TimeText.ts"
import { optional } from "./optional.ts"

export const byEnvironment = {
  env: Schema.NonEmptyString.annotateKey({
    description: "The name of an environment variable with the value"
  })
}

export const byFile = {
  file: Schema.NonEmptyString.annotateKey({
    description: "The path of a file with the value, relative to the folder of the configuration file"
  })
}

export const SecretRef = Schema.Union([Schema.Struct(byEnvironment), Schema.Struct(byFile)]).annotate({
  message: "Expected { env: NAME } or { file: PATH }"
})

export type SecretRef = typeof SecretRef.Type

/** The options of a secret that is being rotated. */
const rotation = {
  expiresAt: Schema.optionalKey(
    TimeText.pipe(
      Schema.annotateEncoded({
        description: "When the secret expires. It verifies nothing from then on",
        examples: ["2026-12-01T00:00:00Z"]
      })
    )
  ),
  label: optional(
    Schema.NonEmptyString,
    "The name of the secret in reports. Default: its position in the list"
  )
}

export const SourceSecretRef = Schema.Union([
  Schema.Struct({ ...byEnvironment, ...rotation }),
  Schema.Struct({ ...byFile, ...rotation })
]).annotate({ message: "Expected { env: NAME } or { file: PATH }, with optional expiresAt and label" })

/** The secret can't be read. The message does not quote `env` or `file`, which may be the misplaced secret itself. */
export class NoSecret extends Schema.TaggedError<NoSecret>()("NoSecret", {
  of: Schema.Literals(["environment variable", "file"]),
  why: Schema.String
}) {
  override get message() {
    return `the ${this.of} ${this.why}`
  }
}

/** Reads the secret. A relative path is relative to the folder. */
export const read = Effect.fnUntraced(function* (ref: SecretRef, folder = ".") {
  const fail = (why: string) => new NoSecret({ of: "env" in ref ? "environment variable" : "file", why })
  const absent = fail("is missing or empty")
  const value = yield* "env" in ref
    ? Effect.mapError(Config.String(ref.env), () => absent)
    : Effect.mapError(readFile(ref.file, folder), ({ reason }) =>
        reason._tag === "NotFound" ? absent : fail(unreadable(reason._tag))
      )
  return value === "" ? yield* absent : Redacted.make(value)
})

/** The reason for an error of the file system, by its tag. */
export const unreadable = (tag: string) =>
  tag === "PermissionDenied" ? "can't be read by this user" : "can't be read: check that it is a regular file"

/** Reads the secret, or notes the problem. */
export const readOrNote = (ref: SecretRef, folder: string, problems: Problems, path: Path) =>
  Effect.catch(read(ref, folder), ({ message }) => problems.note(path, message))

/** Editors end files with a newline; no secret ends with one. */
const readFile = Effect.fnUntraced(function* (file: string, folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Paths.Path
  const text = yield* fs.readFileString(path.resolve(folder, file))
  return text.replace(/\r?\n$/, "")
})
