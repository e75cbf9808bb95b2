/** Renders the results of a run. */
import type { Mutant } from "./Mutant.ts"
import type { Catch } from "./run/hunt.ts"

export interface Outcome {
  readonly file: string
  readonly mutants: ReadonlyArray<Mutant>
  readonly found: Catch
  /** The numbers of the mutants that are listed as equivalent. */
  readonly equivalent: ReadonlySet<number>
}

interface Counts {
  readonly mutants: number
  readonly killed: number
  readonly timeouts: number
  readonly survived: number
  readonly equivalent: number
}

/** The share of killed mutants, not counting equivalent ones. */
export const scoreOf = ({ mutants, killed, equivalent }: Counts): number =>
  mutants === equivalent ? 100 : (100 * killed) / (mutants - equivalent)

const surviving = ({ mutants, found, equivalent }: Outcome) =>
  mutants.filter(({ id }) => !found.killed.has(id) && !equivalent.has(id))

export const countsOf = (outcome: Outcome): Counts => {
  const killed = [...outcome.found.killed.values()]
  const survived = surviving(outcome).length
  return {
    mutants: outcome.mutants.length,
    killed: killed.length,
    timeouts: killed.filter(({ by }) => by !== "failure").length,
    survived,
    equivalent: outcome.mutants.length - killed.length - survived
  }
}

export const table = (outcomes: ReadonlyArray<Outcome>): string => {
  const rows = outcomes.map((outcome) => ({ name: outcome.file, ...countsOf(outcome) }))
  const sum = (column: keyof Counts) => rows.reduce((total, row) => total + row[column], 0)
  const all = {
    name: "all",
    mutants: sum("mutants"),
    killed: sum("killed"),
    timeouts: sum("timeouts"),
    survived: sum("survived"),
    equivalent: sum("equivalent")
  }
  const head = "file | mutants | killed | of these by time or crash | survived | equivalent | score"
  const lines = [...rows, all].map(
    ({ name, ...row }) => `| ${[name, ...Object.values(row), `${scoreOf(row).toFixed(1)} %`].join(" | ")} |`
  )
  return [`| ${head} |`, `| ---${" | ---:".repeat(6)} |`, ...lines].join("\n")
}

/** Each survivor with its place and its number, which runs it alone. */
export const survivors = (outcome: Outcome): ReadonlyArray<string> =>
  surviving(outcome).map(({ id, line, from, to }) => {
    const note = outcome.found.evaluated.has(id) ? "" : "  (no test evaluates it)"
    return `${outcome.file}:${line}  #${id}  ${from}  →  ${to}${note}`
  })
