/** How the command would read a file, without a relay. */
import { NodeServices } from "@effect/platform-node"
import { Effect, Option, Stream } from "effect"
import * as Column from "../../../../src/cli/operate/importColumn.ts"
import * as Find from "@usher/people/find"
import * as Rows from "@usher/people/rows"
import { files } from "../../../usher.ts"

export interface Given {
  readonly column?: string
  readonly delimiter?: string
  readonly noHeader?: boolean
  readonly memberId?: RegExp
  readonly sheet?: string
}

/** The column that is taken, as `2 E-Mail`, and what its rows name; fails as the command without a terminal. */
export const read = Effect.fnUntraced(
  function* (csv: string | Uint8Array, given: Given = {}) {
    const path = yield* files({ "people.csv": csv })
    const delimiter = Option.fromUndefinedOr(given.delimiter)
    const shape: Find.Shape = {
      column: Option.fromUndefinedOr(given.column),
      delimiter: yield* Effect.transposeOption(Option.map(delimiter, Column.delimiterOf)),
      noHeader: given.noHeader ?? false,
      sheet: Option.fromUndefinedOr(given.sheet),
      memberId: given.memberId
    }
    const layout = yield* Find.layoutOf(path("people.csv"), shape)
    const reading = yield* Column.reading(path("people.csv"), layout, shape, false)
    const rows = yield* Stream.runCollect(Rows.rows(reading))
    return {
      column: `${reading.column.index + 1} ${reading.column.name}`.trim(),
      heading: layout.heading,
      encoding: layout.encoding,
      first: layout.first.map(({ cells }) => cells),
      people: rows.flatMap((row) => ("members" in row ? row.members : [])),
      problems: rows.flatMap((row) => ("problem" in row ? [`${row.line}: ${row.problem}`] : [])),
      cleaned: rows.flatMap((row) => ("members" in row && row.cleaned ? [`${row.line}: ${row.cleaned}`] : []))
    }
  },
  Effect.scoped,
  Effect.provide(NodeServices.layer)
)

/** The sentence with which the file is refused, without its path. */
export const refusal = (csv: string | Uint8Array, given: Given = {}) =>
  read(csv, given).pipe(
    Effect.flip,
    Effect.map(({ message }) => message.replace(/^.*people\.csv: /s, ""))
  )
