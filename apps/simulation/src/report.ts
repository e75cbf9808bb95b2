/** Renders the results of runs. */
import type { Result } from "./Scenario.ts"
import { lineOf } from "./Trace.ts"

/** The maximum of lines that explain a violation. */
const maxLines = 400

/** Events that concern all people. */
const general =
  /^(starts|killed|frozen|wakes up|is told to stop|does not start|is full|has space|its clock|everything works)|stores: lead/

/** The violations, and the events that explain the first. */
export const explain = ({ seed, violations, trace }: Result): string => {
  const [first, ...others] = violations
  if (first === undefined) return `seed ${seed}: no violations`
  const words = first.about
  const lines = trace
    .events()
    .filter(({ text }) => general.test(text) || words.some((word) => text.split(" ").includes(word)))
  const left = lines.length - maxLines
  return [
    `seed ${seed}: ${first.what}`,
    ...lines.slice(-maxLines).map((event) => `  ${lineOf(event)}`),
    ...(left > 0 ? [`  (${left} earlier lines are left out: --trace shows all)`] : []),
    ...others.slice(0, 10).map(({ what }) => `seed ${seed}: ${what}`),
    ...(others.length > 10 ? [`seed ${seed}: and ${others.length - 10} more`] : []),
    `again: pnpm simulate --seed ${seed}`
  ].join("\n")
}

/** The sums over all runs. */
export const total = (all: ReadonlyArray<Result["counts"]>): string => {
  const sums = new Map<string, number>()
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count)
  return [...sums].map(([name, sum]) => `${sum.toLocaleString("en")} ${name}`).join(", ")
}
