/**
 * Equivalent mutants, which no test can tell from the code: by file, then by the reason why nobody can observe them. An entry
 * is a piece that the file contains once, an arrow, and its replacement. `…` stands for the same text in both.
 */
export type Equivalents = Readonly<Record<string, Readonly<Record<string, ReadonlyArray<string>>>>>
