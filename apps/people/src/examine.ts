/** Counts what an import of the file would do. */
import { Effect, Stream } from "effect"
import { Invitation } from "@usher/core"
import * as Distinct from "./distinct.ts"
import * as Rows from "./rows.ts"

/** How many lines of a kind are listed. */
const maxLines = 20

/** Counts rows and people as the import does: each person once. */
export const examine = Effect.fnUntraced(function* (reading: Rows.Reading) {
  const isNew = Distinct.make()
  /** The first rejected rows, and the first ones whose text the import changes. */
  const problems: Array<{ readonly line: number; readonly problem: string }> = []
  const cleaned: Array<{ readonly line: number; readonly cleaned: string }> = []
  const counts = { rows: 0, byAddress: 0, byMemberId: 0, repeated: 0, bad: 0, altered: 0 }
  yield* Stream.runForEachArray(Rows.rows(reading), (found) =>
    Effect.sync(() => {
      for (const row of found) {
        counts.rows++
        if ("problem" in row) {
          counts.bad++
          if (problems.length < maxLines) problems.push({ line: row.line, problem: row.problem })
          continue
        }
        if (row.cleaned !== undefined) {
          counts.altered++
          if (cleaned.length < maxLines) cleaned.push({ line: row.line, cleaned: row.cleaned })
        }
        for (const member of row.members) {
          if (!isNew(member)) counts.repeated++
          else if (Invitation.isAddress(member)) counts.byAddress++
          else counts.byMemberId++
        }
      }
    })
  )
  return { counts, problems, cleaned }
})

export type People = Effect.Success<ReturnType<typeof examine>>
