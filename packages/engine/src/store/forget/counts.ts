/** Counts what is stored about a person, by kind. */
import { Record, Struct } from "effect"
import { Forgotten, type ForgottenCounts } from "@usher/model/Forgotten"

export const none: ForgottenCounts = Record.map(Struct.omit(Forgotten.fields, ["forgottenAt"]), () => 0)

export const add = (a: ForgottenCounts, b: Partial<ForgottenCounts>): ForgottenCounts =>
  Record.map(a, (count, kind) => count + (b[kind] ?? 0))
