/** Compares the problems of the relay with those that a channel was told of. */
import { Schema } from "effect"
import { Problem } from "./Message.ts"

/** A problem that the channel was told of. */
export const Told = Schema.Struct({
  ...Problem.fields,
  /** When it was first found to be over, in milliseconds since 1970. Null while it lasts. */
  overAt: Schema.NullOr(Schema.Number)
})

export type Told = typeof Told.Type

export interface Changes {
  readonly began: ReadonlyArray<Problem>
  readonly ended: ReadonlyArray<Problem>
  /** What the channel knows once it has been told. */
  readonly told: ReadonlyArray<Told>
  /** What it knows if it can't be told. */
  readonly untold: ReadonlyArray<Told>
}

/**
 * A problem is told once it has lasted for `after` milliseconds, and resolved once it has been over for as long, so that one that
 * comes and goes is told once.
 */
export const changes = (
  known: ReadonlyArray<Told>,
  problems: ReadonlyArray<Problem>,
  after: number,
  now: number
): Changes => {
  const present = new Set(problems.map(({ key }) => key))
  const keys = new Set(known.map(({ key }) => key))
  const untold = known.map((problem) => ({
    ...problem,
    overAt: present.has(problem.key) ? null : (problem.overAt ?? now)
  }))
  const isOver = ({ overAt }: Told) => overAt !== null && now - overAt >= after
  const began = problems.filter(({ key, since }) => !keys.has(key) && now - (since ?? 0) >= after)
  return {
    began,
    ended: untold.filter(isOver),
    told: [...untold.filter((problem) => !isOver(problem)), ...began.map(lasting)],
    untold
  }
}

const lasting = (problem: Problem): Told => ({ ...problem, overAt: null })
