/** A mutant that no test can tell from the code. */
export interface Equivalent {
  readonly file: string
  /** The first line of what is replaced, trimmed. */
  readonly at: string
  readonly from: string
  readonly to: string
  /** Why nothing that anyone can observe changes. */
  readonly reason: string
}

/** Of one file: `at`, `from` and `to` of each, as `--list` prints them. */
export const of = (
  file: string,
  reason: string,
  ...mutants: ReadonlyArray<readonly [at: string, from: string, to: string]>
): ReadonlyArray<Equivalent> => mutants.map(([at, from, to]) => ({ file, at, from, to, reason }))
