/** What one run of the tests has to do, and what it has found: a line of JSON for each event, written at once. */
import { appendFileSync, readFileSync } from "node:fs"

export interface Job {
  /** The path of the file with the mutants, from the root of the repository. */
  readonly file: string
  /** The file's text with all mutants in it: as it was when the run began. */
  readonly code: string
  /** Paths of test files, in the order in which they run. */
  readonly tests: ReadonlyArray<string>
  /** The mutants that are still to be killed. */
  readonly mutants: ReadonlyArray<number>
  /** The mutant that is on from the start: for what is evaluated only once. Default: each in its turn. */
  readonly always?: number
  /** Which tests run: those on Postgres, or all others. */
  readonly onPostgres: boolean
  /** The path of the file of events. */
  readonly events: string
}

export type Event =
  /** Undisturbed, this test evaluates these mutants. */
  | { readonly type: "covered"; readonly test: string; readonly mutants: ReadonlyArray<number> }
  /** These are evaluated outside of any test of the file, so that a switch in a test comes too late. */
  | { readonly type: "early"; readonly file: string; readonly mutants: ReadonlyArray<number> }
  | { readonly type: "begun"; readonly mutant: number; readonly test: string }
  | { readonly type: "passed"; readonly mutant: number; readonly test: string }
  | { readonly type: "killed"; readonly mutant: number; readonly test: string; readonly by: Death }
  /** A test that tells nothing: it fails undisturbed, or when it is repeated, or it takes too long. */
  | { readonly type: "unfit"; readonly test: string; readonly reason: string }
  | { readonly type: "ended"; readonly file: string }

export type Death = "failure" | "timeout" | "crash"

/** The variable of the environment that holds the job's path. */
export const jobVariable = "USHER_MUTATION_JOB"

export const readJob = (): Job => {
  const job: Job = JSON.parse(readFileSync(process.env[jobVariable] ?? "", "utf8"))
  return job
}

export const tell = (path: string, event: Event): void => appendFileSync(path, `${JSON.stringify(event)}\n`)

/** Those that are written whole. */
export const eventsOf = (path: string): ReadonlyArray<Event> => {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1)
  return lines.map((line): Event => JSON.parse(line))
}
