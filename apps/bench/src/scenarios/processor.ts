/** Processor time for each accepted webhook, in microseconds. */
import type { Result } from "../load/Job.ts"

type Used = Pick<Result, "accepted" | "processor">

const each = (accepted: number, used: ReadonlyArray<number | null>) =>
  used.length === 0 || used.includes(null) || accepted === 0
    ? Number.NaN
    : used.reduce<number>((sum, one) => sum + (one ?? 0), 0) / accepted

/** Of the program, with all of its threads and child processes; not a number where it can't be measured. */
export const own = (result: Used): number => each(result.accepted, result.processor.slice(0, 1))

/** With the database or the queue that it stores in. */
export const withServer = (result: Used): number => each(result.accepted, result.processor)
