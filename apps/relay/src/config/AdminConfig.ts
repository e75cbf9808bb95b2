/** `admin`: tokens for the admin API, in addition to those in the database, and the options of the audit log. */
import { type Duration, Effect, Redacted, Schema } from "effect"
import { Access, Tokens } from "@usher/admin"
import type { Token } from "@usher/admin/AdminServer"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { optional, optionalDuration } from "./optional.ts"

const options = {
  name: optional(
    Tokens.Name,
    "The name of the token in the audit log. Default: the name of the variable or the file"
  ),
  scope: optional(
    Access.Scope,
    "What the token allows. read: read everything. operate: also make changes",
    "read"
  )
}

const TokenRef = Schema.Union([
  Schema.Struct({ ...SecretRef.byEnvironment, ...options }),
  Schema.Struct({ ...SecretRef.byFile, ...options })
]).annotate({ message: "Expected { env: NAME } or { file: PATH }, with optional name and scope" })

export const AdminConfig = Schema.Struct({
  tokens: optional(
    Schema.Array(TokenRef),
    "Bearer tokens of at least 32 characters, besides those created with `usher tokens create`"
  ),
  audit: optional(
    Schema.Struct({
      reads: optional(
        Schema.Boolean,
        "Whether the audit log also records who reads a person or a body",
        false
      ),
      keep: optionalDuration("How long entries of the audit log are kept", "400 days")
    }),
    "The audit log"
  )
})

/** The valid part of an invalid section. An invalid token is undefined, so that the others keep their index. */
export const AdminDraft = AdminConfig.mapFields((fields) => ({
  ...fields,
  tokens: Schema.optionalKey(Schema.Array(Schema.UndefinedOr(TokenRef)))
}))

/** The minimum length of a token. */
const shortest = 32

export const resolve = Effect.fnUntraced(function* (
  { tokens = [], audit = {} }: typeof AdminDraft.Type = {},
  keep: Duration.Duration,
  folder: string,
  problems: Problems
) {
  const resolved: Array<Token> = []
  const places: Array<number> = []
  for (const [index, ref] of tokens.entries()) {
    if (ref === undefined) continue
    const secret = yield* SecretRef.readOrNote(ref, folder, problems, ["tokens", String(index)])
    if (secret === undefined) continue
    const { name = "env" in ref ? ref.env : ref.file, scope = "read" } = ref
    if (Redacted.value(secret).length < shortest) {
      yield* problems.note(
        ["tokens", String(index)],
        `the token is too short to be safe: use at least ${shortest} random characters, such as the output of openssl rand -hex 32`
      )
    }
    if (resolved.some((other) => other.name === name)) {
      yield* problems.note(
        ["tokens", String(index), "name"],
        "another token has this name: choose another name"
      )
    }
    resolved.push({ name, scope, secret })
    places.push(index)
  }
  const { reads = false } = audit
  return { admin: { tokens: resolved, audit: { reads, keep } }, places }
})
