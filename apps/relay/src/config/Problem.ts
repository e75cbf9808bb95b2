/**
 * What is wrong with a configuration, in words: where, why, and what was probably meant. Values are never shown: they
 * may be secrets that stand where a name should.
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
}

/** Collects in this array. */
export const collect = (found: Array<Problem>): Problems => ({
  note: (path, reason) => Effect.sync(() => void found.push({ path, reason }))
})

/** Notes what is below a path, so that a section of the file need not know where it stands. */
export const below = (problems: Problems, ...above: Path): Problems => ({
  note: (path, reason) => problems.note([...above, ...path], reason)
})

/** `line 4, server.port: …` */
export const format = ({ path, reason, line }: Problem): string => {
  const where = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(path.length === 0 ? [] : [dotted(path)])
  ]
  return where.length === 0 ? reason : `${where.join(", ")}: ${reason}`
}

/** `sources.form.secrets.0` */
export const dotted = (path: Path): string => path.join(".")
