/**
 * Shares the evaluation of expressions between sources. Each source has a time slice per turn of the mapper; its
 * remaining webhooks wait for a later turn. A source whose inputs cost the process pauses for as long as they took, and
 * up to four times as long if that continues.
 */
import { Expressions, type Share } from "../source/Expressions.ts"

/** Milliseconds of evaluation per source and turn. */
const slice = 500

/** The longest pause, as a multiple of the evaluation time. */
const maxRest = 4

interface Spent {
  millis: number
  isCostly: boolean
  readonly expressions: Expressions["Service"]
}

const begin = ({ evaluate }: Expressions["Service"]): Spent => {
  const share: Share = {
    charge: (millis, isCostly) => {
      own.millis += millis
      own.isCostly ||= isCostly
    },
    isUsedUp: () => own.isCostly || own.millis > slice
  }
  const own: Spent = {
    millis: 0,
    isCostly: false,
    expressions: Expressions.of({ evaluate: (job) => evaluate(job, share) })
  }
  return own
}

export const sharing = (expressions: Expressions["Service"]) => {
  let spent = new Map<string, Spent>()
  /** Consecutive turns in which a source's inputs cost the process, and until when it pauses. */
  const costly = new Map<string, { readonly turns: number; readonly until: number }>()

  return {
    /** The expressions for a source, limited to its share in this turn. */
    expressionsFor: (source: string): Expressions["Service"] => {
      const own = spent.get(source) ?? begin(expressions)
      spent.set(source, own)
      return own.expressions
    },

    /** Ends the turn. */
    end: (now: number): void => {
      for (const [source, { millis, isCostly }] of spent) {
        const turns = (costly.get(source)?.turns ?? 0) + 1
        if (isCostly) costly.set(source, { turns, until: now + millis * Math.min(turns, maxRest) })
        else costly.delete(source)
      }
      spent = new Map()
    },

    resting: (now: number): ReadonlySet<string> =>
      new Set([...costly].flatMap(([source, { until }]) => (until > now ? [source] : []))),

    /** Milliseconds until the next source resumes. */
    untilRested: (now: number): number =>
      Math.min(Infinity, ...[...costly.values()].flatMap(({ until }) => (until > now ? [until - now] : [])))
  }
}
