/** Compares the problems of the relay with those that were reported to a channel. */
import { Schema } from "effect"
import { Problem } from "./Message.ts"

/** A problem that was reported to the channel. */
export const Reported = Schema.Struct({
  ...Problem.fields,
  /** When it was first found to be over, in milliseconds since 1970. Null while it lasts. */
  overAt: Schema.NullOr(Schema.Number)
})

export type Reported = typeof Reported.Type

export interface Changes {
  readonly began: ReadonlyArray<Problem>
  readonly ended: ReadonlyArray<Problem>
  /** What is reported if the channel takes the message. */
  readonly reported: ReadonlyArray<Reported>
  /** What is reported if it does not. */
  readonly unreported: ReadonlyArray<Reported>
}

/**
 * A problem is reported once it has lasted for `after` milliseconds, and as resolved once it has been over for as long, so that
 * one that comes and goes is reported once.
 */
export const changes = (
  known: ReadonlyArray<Reported>,
  problems: ReadonlyArray<Problem>,
  after: number,
  now: number
): Changes => {
  const present = new Set(problems.map(({ key }) => key))
  const keys = new Set(known.map(({ key }) => key))
  const unreported = known.map((problem) => ({
    ...problem,
    overAt: present.has(problem.key) ? null : (problem.overAt ?? now)
  }))
  const isOver = ({ overAt }: Reported) => overAt !== null && now - overAt >= after
  const began = problems.filter(({ key, since }) => !keys.has(key) && now - (since ?? 0) >= after)
  return {
    began,
    ended: unreported.filter(isOver),
    reported: [...unreported.filter((problem) => !isOver(problem)), ...began.map(lasting)],
    unreported
  }
}

const lasting = (problem: Problem): Reported => ({ ...problem, overAt: null })
