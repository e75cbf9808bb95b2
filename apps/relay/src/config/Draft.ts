/** Decodes the valid parts of a file, so that problems in one part do not hide those in others. */
import { Effect, Predicate, Result, Schema } from "effect"
import { Config, Draft } from "./ConfigSchema.ts"
import * as SchemaErrors from "./SchemaErrors.ts"
import type { Path, Problem } from "./Problem.ts"

const options = { errors: "all", onExcessProperty: "error" } as const

const decodeWhole = Schema.decodeUnknownEffect(Config, options)

const decodeDraft = Schema.decodeUnknownEffect(Draft, options)

/** Removing an invalid part can make its parent invalid, which is removed next. No file is nested deeper. */
const maxRounds = 12

/** Notes all problems. Undefined if no part is valid. */
export const decode = Effect.fnUntraced(function* (value: unknown, found: Array<Problem>) {
  const issue = yield* Effect.flip(decodeWhole(value)).pipe(
    Effect.map(({ issue }) => issue),
    Effect.orElseSucceed(() => undefined)
  )
  if (issue !== undefined) found.push(...SchemaErrors.find(issue, value))
  let rest = found.reduce(without, value)
  for (let round = 0; round < maxRounds; round++) {
    const decoded = yield* Effect.result(decodeDraft(rest))
    if (Result.isSuccess(decoded)) return decoded.success
    const derived = SchemaErrors.find(decoded.failure.issue, rest)
    rest = derived.reduce((value, { path }) => without(value, { path: held(value, path) }), rest)
  }
  return undefined
})

/** The path, or its parent if the key is missing. */
const held = (value: unknown, path: Path): Path =>
  path.length === 0 || at(value, path) !== undefined ? path : path.slice(0, -1)

const at = (value: unknown, path: Path): unknown =>
  path.reduce((inner, key) => (Predicate.hasProperty(inner, key) ? inner[key] : undefined), value)

/** Removes the value at a path. An entry of a list becomes undefined, so that the others keep their index. */
const without = (value: unknown, { path: [key, ...inner] }: Pick<Problem, "path">): unknown => {
  if (key === undefined) return undefined
  if (Array.isArray(value)) {
    return value.map((entry, index) =>
      String(index) === key ? (inner.length === 0 ? undefined : without(entry, { path: inner })) : entry
    )
  }
  if (!Predicate.isObject(value) || !Object.hasOwn(value, key)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => {
      if (name !== key) return [[name, entry]]
      const rest = inner.length === 0 ? undefined : without(entry, { path: inner })
      return rest === undefined ? [] : [[name, rest]]
    })
  )
}
