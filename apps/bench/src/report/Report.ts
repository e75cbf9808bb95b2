/** What a scenario has to say, before anybody decides how it looks. */
import type { Spec } from "vega"

export interface Table {
  readonly title: string
  /** The first column is text, the others are figures. */
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

export interface Plot {
  /** Of the file, without its ending. */
  readonly name: string
  /** For those who can't see it. */
  readonly alt: string
  readonly picture: Spec
}

export interface Report {
  readonly tables: ReadonlyArray<Table>
  readonly plots: ReadonlyArray<Plot>
  /** How it was measured, and what was left out. */
  readonly notes: ReadonlyArray<string>
}
