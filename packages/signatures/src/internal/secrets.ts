/** Unwraps and checks secrets and turns them into keys, once, when a verifier is built. */
import { DateTime, Predicate, Redacted, Result } from "effect"
import { type Input, InvalidSecret, nameOf, type Secret } from "../Secret.ts"
import type { Prepared } from "./check.ts"
import { mistakeOf } from "./secretMistake.ts"

export type Shape<Key> = Result.Result<Key, InvalidSecret["reason"]>

/** Normalizes the secrets of a program: one or several, as texts or with options. */
export const secretsOf = (
  given: Input | ReadonlyArray<Input>
): Result.Result<ReadonlyArray<Secret>, InvalidSecret> => {
  const secrets: Array<Secret> = []
  for (const [index, input] of (isList(given) ? given : [given]).entries()) {
    const secret = isSecret(input)
      ? input
      : { value: typeof input === "string" ? Redacted.make(input) : input }
    const wrong = mistakeOf(secret)
    if (wrong !== undefined) {
      return Result.fail(new InvalidSecret({ secret: nameOf(secret, index), reason: wrong }))
    }
    secrets.push(secret)
  }
  return Result.succeed(secrets)
}

const isList = (given: Input | ReadonlyArray<Input>): given is ReadonlyArray<Input> => Array.isArray(given)

const isSecret = (input: Input): input is Secret =>
  !Redacted.isRedacted(input) && Predicate.hasProperty(input, "value")

/** Refuses secrets that can never verify, and decodes the key of each other one. */
export const prepare = <Key>(
  secrets: ReadonlyArray<Secret>,
  decode: (value: string) => Shape<Key>
): Result.Result<ReadonlyArray<Prepared<Key>>, InvalidSecret> => {
  if (secrets.length === 0) return Result.fail(new InvalidSecret({ secret: "list", reason: "Missing" }))
  const prepared: Array<Prepared<Key>> = []
  for (const [index, secret] of secrets.entries()) {
    const name = nameOf(secret, index)
    const key = decodeOne(Redacted.value(secret.value), decode)
    if (Result.isFailure(key)) return Result.fail(new InvalidSecret({ secret: name, reason: key.failure }))
    prepared.push({ name, key: key.success, expiresAt: expiryOf(secret) })
  }
  return Result.succeed(prepared)
}

const decodeOne = <Key>(value: string, decode: (value: string) => Shape<Key>): Shape<Key> => {
  if (value.trim() === "") return Result.fail("Empty")
  if (value.trim() !== value) return Result.fail("SurroundingWhitespace")
  return decode(value)
}

const expiryOf = (secret: Secret): number =>
  secret.expiresAt === undefined ? Number.POSITIVE_INFINITY : DateTime.toEpochMillis(secret.expiresAt)
