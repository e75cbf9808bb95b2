/** Counts what is stored about a person, by kind. */
import { Record } from "effect"
import { Forgotten } from "@usher/model/Forgotten"

export const none: Forgotten = Record.map(Forgotten.fields, () => 0)

export const add = (a: Forgotten, b: Partial<Forgotten>): Forgotten =>
  Record.map(a, (count, kind) => count + (b[kind] ?? 0))
