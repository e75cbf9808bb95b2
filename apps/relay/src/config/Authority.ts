/** Certificate authorities in a file, which the relay trusts in its TLS calls. */
import { Effect, FileSystem, Path, Schema } from "effect"
import { X509Certificate } from "node:crypto"
import type { Problems } from "./Problem.ts"
import { unreadable } from "./SecretRef.ts"

/** The key `ca`. */
export const CaFile = Schema.NonEmptyString.annotate({
  message: "Expected the path of a file with certificates in PEM format"
})

export interface Authority {
  /** The absolute path. */
  readonly file: string
  /** The certificates, in PEM form. */
  readonly pem: string
}

/** The file can't be used. The message does not quote its path, which may be a misplaced secret. */
class InvalidAuthority extends Schema.TaggedError<InvalidAuthority>()("InvalidAuthority", {
  message: Schema.String
}) {}

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const read = Effect.fnUntraced(function* (file: string, folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const resolved = path.resolve(folder, file)
  const refuse = (why: string) => new InvalidAuthority({ message: `the file ${why}` })
  const text = yield* Effect.mapError(fs.readFileString(resolved), ({ reason }) =>
    refuse(reason._tag === "NotFound" ? "is missing" : unreadable(reason._tag))
  )
  const found = text.match(certificate) ?? []
  if (found.length === 0)
    return yield* refuse("has no certificate in PEM format (-----BEGIN CERTIFICATE-----)")
  yield* Effect.forEach(found, (pem, index) =>
    Effect.try({
      try: () => new X509Certificate(pem),
      catch: () => refuse(`has an invalid certificate (number ${index + 1} of ${found.length})`)
    })
  )
  const authority: Authority = { file: resolved, pem: found.join("\n") }
  return authority
})

/** Reads the certificates of a file, or notes the problem. A relative path is relative to the folder. */
export const readOrNote = (file: string, folder: string, problems: Problems) =>
  Effect.catch(read(file, folder), ({ message }) => problems.note(["ca"], message))
