/** A fault that is planted into the product, as text in place of text: the product itself knows nothing of it. */
export interface Edit {
  /** The file, from the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export interface Fault {
  readonly name: string
  /** What is wrong with the product that has it. */
  readonly title: string
  readonly edits: readonly [Edit, ...ReadonlyArray<Edit>]
}
