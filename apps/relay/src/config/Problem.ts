/**
 * Problems of a configuration: the place, the reason, and a suggestion. A reason never quotes a value of the file, which may
 * be a misplaced secret. It quotes only known words and names of valid sections.
 */
import { Effect, Schema } from "effect"

export const Problem = Schema.Struct({
  line: Schema.optionalKey(Schema.Int),
  /** Keys and indices from the root of the file. Empty for the whole file. */
  path: Schema.Array(Schema.String),
  reason: Schema.String
})

export type Problem = typeof Problem.Type

/** A problem without a place. */
export const whole = (reason: string): Problem => ({ path: [], reason })

export type Path = ReadonlyArray<string>

/** Collects problems, so that one run reports them all. */
export interface Problems {
  readonly note: (path: Path, reason: string) => Effect.Effect<void>
  /** Whether there is a problem at or below this path. */
  readonly has: (path: Path) => boolean
}

/** Collects problems in an array. */
export const collect = (found: Array<Problem>): Problems => ({
  note: (path, reason) => Effect.sync(() => void found.push({ path, reason })),
  has: (path) => found.some((problem) => isWithin(problem.path, path))
})

/** Notes problems below a path, so that a section does not need to know its own path. */
export const below = (problems: Problems, ...above: Path): Problems => ({
  note: (path, reason) => problems.note([...above, ...path], reason),
  has: (path) => problems.has([...above, ...path])
})

/** Whether a path is at or below a section. */
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

/** Whether a key may be shown. A key that looks like a secret is probably a misplaced value. */
export const isLegible = (key: string): boolean => key.length <= maxKey && !looksSecret.test(key)

const maxKey = 40

/** Alternating letters and digits, characters that names do not have, or the prefix of a secret. */
const looksSecret = /(?:\d[A-Za-z]+){3}|[^\p{L}\p{N} ._/$-]|^(?:whsec|whpk|whsk|sk|pk)_/u
