/** Reads the chosen file, as `usher import` does. */
import { Effect, Option } from "effect"
import { examine } from "@usher/people/examine"
import { layoutOf } from "@usher/people/find"
import { fitting } from "@usher/people/layout"
import { readingOf } from "@usher/people/rows"
import { layerFile } from "./fileSystem.ts"

export interface Choices {
  /** The position of the column, from 0. Undefined: the one that fits. */
  readonly column: number | undefined
  /** The sheet of a workbook: its name, or its number from 1. */
  readonly sheet: string
  /** Whether the first row is data. */
  readonly noHeader: boolean
}

/** Without people where several columns fit, until somebody chooses one. */
export const read = Effect.fnUntraced(
  function* (file: File, { column: chosen, sheet, noHeader }: Choices, memberId: RegExp | undefined) {
    const layout = yield* layoutOf(file.name, {
      column: Option.map(Option.fromUndefinedOr(chosen), (index) => String(index + 1)),
      delimiter: Option.none(),
      noHeader,
      sheet: Option.some(sheet.trim() === "" ? "1" : sheet.trim()),
      memberId
    })
    const [first, ...others] = fitting(layout.columns)
    const column = chosen === undefined ? (others.length === 0 ? first : undefined) : layout.columns[chosen]
    if (column === undefined) return { layout, examined: undefined }
    const reading = readingOf(file.name, layout, column, chosen !== undefined, memberId)
    return { layout, examined: { reading, ...(yield* examine(reading)) } }
  },
  (effect, file) => Effect.provide(effect, layerFile(file))
)

export type Read = Effect.Success<ReturnType<typeof read>>
export type Examined = NonNullable<Read["examined"]>
