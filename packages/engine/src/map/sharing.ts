/**
 * How sources share the evaluation of expressions. In one turn of the mapper each source has a slice of time; what it does not
 * get done comes again in a later turn, after the others. A source whose inputs cost the process rests for as long as they took,
 * and for up to four times as long where that goes on.
 */
import { Expressions, type Share } from "../source/Expressions.ts"

/** Milliseconds of evaluation, for one source in one turn. */
const slice = 500

/** Of what its evaluation took. */
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
  /** Turns in a row in which a source's inputs cost the process, and until when it rests. */
  const costly = new Map<string, { readonly turns: number; readonly until: number }>()

  return {
    /** The expressions, of which a source has its share in this turn. */
    expressionsFor: (source: string): Expressions["Service"] => {
      const own = spent.get(source) ?? begin(expressions)
      spent.set(source, own)
      return own.expressions
    },

    /** The turn is over. */
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

    /** Milliseconds until one of the sources has rested. */
    untilRested: (now: number): number =>
      Math.min(Infinity, ...[...costly.values()].flatMap(({ until }) => (until > now ? [until - now] : [])))
  }
}
