/**
 * What is wrong with a configuration, in words: where, why, and what was probably meant. A reason quotes no value of the
 * file, which may be a secret in the wrong place: it quotes known words, and names of sections that are right.
 */
import { Effect, Schema } from "effect"

export const Problem = Schema.Struct({
  line: Schema.optionalKey(Schema.Int),
  /** Keys and indices from the root of the file; empty for the whole. */
  path: Schema.Array(Schema.String),
  reason: Schema.String
})

export type Problem = typeof Problem.Type

/** With nothing known about where. */
export const whole = (reason: string): Problem => ({ path: [], reason })

export type Path = ReadonlyArray<string>

/** Where problems are noted, so that the rest is looked at all the same and one start shows them all. */
export interface Problems {
  readonly note: (path: Path, reason: string) => Effect.Effect<void>
  /** Whether anything at this path or below it is wrong already. */
  readonly has: (path: Path) => boolean
}

/** Collects in this array. */
export const collect = (found: Array<Problem>): Problems => ({
  note: (path, reason) => Effect.sync(() => void found.push({ path, reason })),
  has: (path) => found.some((problem) => isWithin(problem.path, path))
})

/** Notes what is below a path, so that a section of the file need not know where it stands. */
export const below = (problems: Problems, ...above: Path): Problems => ({
  note: (path, reason) => problems.note([...above, ...path], reason),
  has: (path) => problems.has([...above, ...path])
})

/** Whether a path is this section or below it. */
export const isWithin = (path: Path, section: Path): boolean =>
  section.every((key, index) => path[index] === key)

/** `line 4, server.port: …` */
export const format = ({ path, reason, line }: Problem): string => {
  const where = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(path.length === 0 ? [] : [dotted(path)])
  ]
  return where.length === 0 ? reason : `${where.join(", ")}: ${reason}`
}

/** `sources.form.secrets.0` */
export const dotted = (path: Path): string => path.map((key) => (isLegible(key) ? key : "…")).join(".")

/** Whether a key may be shown. One that looks like a secret stands where a value belongs. */
export const isLegible = (key: string): boolean => key.length <= maxKey && !looksSecret.test(key)

const maxKey = 40

/** Letters and digits in turn, or characters that no name has. */
const looksSecret = /(?:\d[A-Za-z]+){3}|[^\p{L}\p{N} ._/$-]|^(?:whsec|whpk|whsk|sk|pk)_/u
