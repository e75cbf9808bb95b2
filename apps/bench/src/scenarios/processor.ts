/** Processor time for each accepted webhook, in microseconds. */
import type { Result } from "../load/Job.ts"

type Used = Pick<Result, "accepted" | "processor">

const each = (accepted: number, used: ReadonlyArray<number | null>) =>
  used.length === 0 || used.includes(null) || accepted === 0
    ? Number.NaN
    : used.reduce<number>((sum, one) => sum + (one ?? 0), 0) / accepted

/** The time of the program with its threads and child processes. NaN where it can't be measured. */
export const own = (result: Used): number => each(result.accepted, result.processor.slice(0, 1))

/** The time of the program and its database or queue. */
export const withServer = (result: Used): number => each(result.accepted, result.processor)
