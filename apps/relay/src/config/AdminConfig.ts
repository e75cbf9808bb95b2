/** `admin`: who may look into the relay and operate it, besides those whose tokens are in its database. */
import { Effect, Redacted, Schema } from "effect"
import { Access, Tokens } from "@usher/admin"
import type { Configured } from "../admin/Tokens.ts"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"

const options = {
  name: Schema.optionalKey(Tokens.Name).annotateKey({
    description: "stands in the audit log; by default the name of the variable or the file"
  }),
  scope: Schema.optionalKey(Access.Scope).annotateKey({
    description: "what it allows: read, or operate",
    default: "operate"
  })
}

const TokenRef = Schema.Union([
  Schema.Struct({ ...SecretRef.byEnvironment, ...options }),
  Schema.Struct({ ...SecretRef.byFile, ...options })
]).annotate({ message: "Expected { env: NAME } or { file: PATH }, and perhaps name and scope" })

export const AdminConfig = Schema.Struct({
  tokens: Schema.optionalKey(Schema.Array(TokenRef)).annotateKey({
    description:
      "bearer tokens of 32 characters or more, besides those that `usher tokens create` has put in the database"
  })
})

/** What can't be guessed is not shorter. */
const shortest = 32

export const resolve = Effect.fnUntraced(function* (
  { tokens = [] }: typeof AdminConfig.Type = {},
  folder: string,
  problems: Problems
) {
  const resolved: Array<Configured> = []
  for (const [index, ref] of tokens.entries()) {
    const secret = yield* SecretRef.readOrNote(ref, folder, problems, ["tokens", String(index)])
    if (secret === undefined) continue
    const { name = "env" in ref ? ref.env : ref.file, scope = "operate" } = ref
    if (Redacted.value(secret).length < shortest) {
      yield* problems.note(
        ["tokens", String(index)],
        `this token can be guessed: take ${shortest} random characters or more, such as openssl rand -hex 32 gives`
      )
    }
    if (resolved.some((other) => other.name === name)) {
      yield* problems.note(["tokens", String(index), "name"], `another token is called ${name} already`)
    }
    resolved.push({ name, scope, secret })
  }
  return { tokens: resolved }
})
