/** The report of `usher check` as JSON and as text. */
import * as Problem from "../config/Problem.ts"
import type { Report } from "./Report.ts"

export const toJson = ({ errors, warnings, spots, database, ...rest }: Report) => ({
  ...rest,
  errors: errors.map(dotted),
  warnings: warnings.map(dotted),
  database: database ?? null,
  spots: spots.map(({ name, upstream }) => ({
    name,
    ...(upstream === undefined
      ? {}
      : {
          upstream: {
            ...upstream,
            lives: upstream.lives.map(({ paths, status }) => ({ paths: paths.map(Problem.dotted), status }))
          }
        })
  }))
})

const dotted = <A extends Problem.Problem>(problem: A) => ({ ...problem, path: Problem.dotted(problem.path) })

export const toText = (report: Report): string =>
  [
    headOf(report),
    ...listed("✗", report.errors),
    ...(report.database?.ok ? [`  database ${report.database.name} ${report.database.detail}`] : []),
    ...report.spots.flatMap(({ name, upstream }) =>
      upstream?.ok ? [`  Spot ${name}: MeltingSpot ${upstream.detail}`] : []
    ),
    ...(report.warnings.length === 0 ? [] : [warned(report)]),
    ...listed("!", report.warnings),
    ...report.sources.map(sourceText),
    ...report.notices.map(
      ({ source, field, reason }) =>
        `  Notice: sources.${source}, ${field}: ${reason}. This used a sample of the sender; your webhooks may differ.`
    )
  ].join("\n")

const listed = (mark: string, found: ReadonlyArray<Problem.Problem>): ReadonlyArray<string> =>
  found.map((problem) => `${mark} ${Problem.format(problem)}`)

const headOf = ({ file, valid, errors }: Report) => {
  if (errors.length === 0) return `${file} is valid.`
  const counted = count(errors.length, "error")
  return valid
    ? `${file} is valid, but something that it refers to is not: ${counted}.`
    : `${file}: ${counted}.`
}

const warned = ({ warnings, strict }: Report) =>
  `${count(warnings.length, "warning")}${strict ? ", which --strict counts as errors" : ""}:`

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`

const sourceText = ({ url, sender, spot, events, dedupeWindow }: Report["sources"][number]) => {
  const signUps = events === "all" ? "all events" : events.join(", ")
  const window =
    dedupeWindow === null ? "" : `; no delivery id: the same body within ${dedupeWindow} counts as a retry`
  return `  ${url} receives ${sender} for the Spot ${spot}; sign-ups: ${signUps}${window}`
}
