/** The equivalent mutants of all files. */
import { applied, type Mutant } from "../Mutant.ts"
import { accept } from "./accept.ts"
import { claim } from "./claim.ts"
import { dispatch } from "./dispatch.ts"
import type { Equivalents } from "./Equivalents.ts"
import { libraries } from "./libraries.ts"
import { map } from "./map.ts"
import { settle } from "./settle.ts"

export const equivalents: Equivalents = { ...accept, ...claim, ...dispatch, ...libraries, ...map, ...settle }

/** Finds the mutants that are listed as equivalent, and the entries that match no mutant. */
export const equivalentsOf = (file: string, source: string, mutants: ReadonlyArray<Mutant>) => {
  const code = onOneLine(source)
  const ids = new Map(mutants.map((mutant) => [onOneLine(applied(source, mutant)), mutant.id]))
  const equivalent = new Set<number>()
  const stale: Array<string> = []
  for (const entry of Object.values(equivalents[file] ?? {}).flat()) {
    const [piece = "", replacement = ""] = entry.split(" → ")
    const [head = "", tail = ""] = piece.split("…")
    const start = code.indexOf(head)
    const end = code.indexOf(tail, start + head.length)
    const elided = code.slice(start + head.length, end)
    const text = replacement.replace("…", () => elided)
    const isThereOnce = start !== -1 && code.indexOf(head, start + 1) === -1
    const id = ids.get(onOneLine(code.slice(0, start) + text + code.slice(end + tail.length)))
    if (isThereOnce && id !== undefined) equivalent.add(id)
    else stale.push(entry)
  }
  return { equivalent, stale }
}

const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ")
