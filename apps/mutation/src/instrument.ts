/** Puts all mutants of a file into it, each behind a switch that is read when its expression is evaluated. */
import type { Place } from "./constants.ts"
import { statements } from "./find.ts"
import { applied, type Mutant } from "./Mutant.ts"

/** The name of the global switch. It returns `true` for the number of the active mutant. */
export const switchName = "__usherMutant"

export const instrument = (path: string, source: string, mutants: ReadonlyArray<Mutant>): string => {
  const groups = new Map<string, Place & { readonly mutants: Array<Mutant> }>()
  for (const mutant of mutants) {
    for (const place of mutant.places) {
      const name = `${place.start} ${place.end}`
      const group = groups.get(name) ?? { ...place, mutants: [] }
      groups.set(name, group)
      group.mutants.push(mutant)
    }
  }
  // Outer spans first: they contain the inner ones.
  const spans = [...groups.values()].toSorted((a, b) => a.start - b.start || b.end - a.end)
  const begins = new Set(statements(path, source))

  const render = (start: number, end: number, from: number): { text: string; next: number } => {
    let [text, at, next] = ["", start, from]
    for (let span = spans[next]; span !== undefined && span.start < end; span = spans[next]) {
      const { start, end, key } = span
      // Once, before the outermost span that begins here.
      const separator = begins.delete(start) ? ";" : ""
      const inner = render(start, end, next + 1)
      const choices = span.mutants.map(
        (mutant) => `${switchName}(${mutant.id}) ? (${applied(source, mutant, mutant.within)}) : `
      )
      const name = key === undefined ? "" : `${key}: `
      text += `${source.slice(at, start)}${separator}${name}(${choices.join("")}(${inner.text}))`
      at = end
      next = inner.next
    }
    return { text: text + source.slice(at, end), next }
  }

  return `const ${switchName} = globalThis.${switchName} ?? (() => false); ${render(0, source.length, 0).text}`
}
