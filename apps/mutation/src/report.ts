/** What became of the mutants, for people. */
import type { Equivalent } from "./equivalent/Equivalent.ts"
import type { Mutant } from "./Mutant.ts"
import type { Catch } from "./run/hunt.ts"

export interface Outcome {
  readonly file: string
  readonly mutants: ReadonlyArray<Mutant>
  readonly found: Catch
}

export const isSame = (file: string, { at, from, to }: Mutant, other: Equivalent): boolean =>
  file === other.file && at === other.at && from === other.from && to === other.to

interface Row {
  readonly name: string
  readonly mutants: number
  readonly killed: number
  readonly timeouts: number
  readonly survived: number
  readonly equivalent: number
}

/** Equivalent mutants count in no score: nothing could kill them. */
export const scoreOf = ({ mutants, killed, equivalent }: Omit<Row, "name">): number =>
  mutants === equivalent ? 100 : (100 * killed) / (mutants - equivalent)

export const rowOf = (outcome: Outcome, equivalents: ReadonlyArray<Equivalent>): Row => {
  const { file, mutants, found } = outcome
  const rest = mutants.filter(({ id }) => !found.killed.has(id))
  const equivalent = rest.filter((mutant) => equivalents.some((one) => isSame(file, mutant, one))).length
  return {
    name: file,
    mutants: mutants.length,
    killed: found.killed.size,
    timeouts: [...found.killed.values()].filter(({ by }) => by !== "failure").length,
    survived: rest.length - equivalent,
    equivalent
  }
}

export const table = (rows: ReadonlyArray<Row>): string => {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const all: Row = {
    name: "all",
    mutants: sum(({ mutants }) => mutants),
    killed: sum(({ killed }) => killed),
    timeouts: sum(({ timeouts }) => timeouts),
    survived: sum(({ survived }) => survived),
    equivalent: sum(({ equivalent }) => equivalent)
  }
  const head = ["file", "mutants", "killed", "of these by time or crash", "survived", "equivalent", "score"]
  const cells = [...rows, all].map((row) =>
    [row.name].concat(
      [row.mutants, row.killed, row.timeouts, row.survived, row.equivalent].map(String),
      `${scoreOf(row).toFixed(1)} %`
    )
  )
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...cells.map(line)].join(
    "\n"
  )
}

/** Each with the place, and the number by which it can be run alone. */
export const survivors = (
  { file, mutants, found }: Outcome,
  equivalents: ReadonlyArray<Equivalent>
): ReadonlyArray<string> =>
  mutants
    .filter(({ id }) => !found.killed.has(id))
    .filter((mutant) => !equivalents.some((one) => isSame(file, mutant, one)))
    .map(({ id, line, from, to }) => {
      const note = found.evaluated.has(id) ? "" : "  (no test evaluates it)"
      return `${file}:${line}  #${id}  ${from}  →  ${to}${note}`
    })
