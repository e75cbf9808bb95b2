/** Mutants that no test can tell from the code. */

export interface Equivalent {
  readonly file: string
  /** The first line of what is replaced, trimmed. */
  readonly at: string
  readonly from: string
  readonly to: string
  /** Why nothing that anyone can observe changes. */
  readonly reason: string
}

export const equivalents: ReadonlyArray<Equivalent> = []
