/** Writes `docs/benchmarks.md` and its plots. */
import { Effect, FileSystem } from "effect"
import { beside, output } from "../Process.ts"
import * as markdown from "./markdown.ts"
import { toSvg } from "./plots.ts"
import type { Report } from "./Report.ts"

const docs = beside("../../../docs")

/** Writes the report between the markers of a section. */
export const write = Effect.fnUntraced(function* (
  section: string,
  report: Report,
  conditions: ReadonlyArray<string>
) {
  const fs = yield* FileSystem.FileSystem
  const file = `${docs}/benchmarks.md`
  const document = markdown.insert(
    yield* fs.readFileString(file),
    section,
    markdown.report(report, conditions)
  )
  if (document === undefined) return yield* Effect.die(new Error(`${file} has no markers for ${section}`))
  yield* fs.makeDirectory(`${docs}/benchmarks`, { recursive: true })
  for (const { name, picture } of report.plots) {
    yield* fs.writeFileString(`${docs}/benchmarks/${name}.svg`, `${yield* toSvg(picture)}\n`)
  }
  yield* fs.writeFileString(file, document)
  yield* output(beside("../../../node_modules/.bin/oxfmt"), file)
})
