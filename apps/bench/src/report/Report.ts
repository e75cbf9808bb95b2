/** The results of a scenario, before they are rendered. */
import type { Spec } from "./plots.ts"

export interface Table {
  readonly title: string
  /** The first column is text, the others are figures. */
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

export interface Plot {
  /** The name of the file, without its extension. */
  readonly name: string
  /** A description for readers who can't see it. */
  readonly alt: string
  readonly picture: Spec
}

export interface Report {
  readonly tables: ReadonlyArray<Table>
  readonly plots: ReadonlyArray<Plot>
  /** The method, and the contenders that were left out. */
  readonly notes: ReadonlyArray<string>
}
