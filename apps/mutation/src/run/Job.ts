/** The task of one test process, and its findings: one line of JSON for each event. */
import { appendFileSync, readFileSync } from "node:fs"

export interface Job {
  /** The path of the file with the mutants, from the root of the repository. */
  readonly file: string
  /** The file's text with all mutants in it. */
  readonly code: string
  /** Paths of test files, in the order in which they run. */
  readonly tests: ReadonlyArray<string>
  /** The mutants that are still alive. */
  readonly mutants: ReadonlyArray<number>
  /** The mutant that is on from the start. Default: each in its turn. */
  readonly always?: number
  /** Whether the tests on Postgres run, or all others. */
  readonly onPostgres: boolean
  /** The path of the file of events. */
  readonly events: string
}

export type Event =
  /** The test evaluates these mutants. */
  | { readonly type: "covered"; readonly test: string; readonly mutants: ReadonlyArray<number> }
  /** These mutants are evaluated outside of any test, so a switch within a test has no effect. */
  | { readonly type: "early"; readonly file: string; readonly mutants: ReadonlyArray<number> }
  | { readonly type: "begun"; readonly mutant: number; readonly test: string }
  | { readonly type: "passed"; readonly mutant: number; readonly test: string }
  | { readonly type: "killed"; readonly mutant: number; readonly test: string; readonly by: Death }
  /** The test is skipped: it fails without mutants, or when it is repeated, or it takes too long. */
  | { readonly type: "unfit"; readonly test: string; readonly reason: string }
  | { readonly type: "ended"; readonly file: string }

export type Death = "failure" | "timeout" | "crash"

/** The environment variable with the job's path. */
export const jobVariable = "USHER_MUTATION_JOB"

export const readJob = (): Job => {
  const job: Job = JSON.parse(readFileSync(process.env[jobVariable] ?? "", "utf8"))
  return job
}

export const record = (path: string, event: Event): void => appendFileSync(path, `${JSON.stringify(event)}\n`)

/** The events, without an unfinished last line. */
export const eventsOf = (path: string): ReadonlyArray<Event> => {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1)
  return lines.map((line): Event => JSON.parse(line))
}
