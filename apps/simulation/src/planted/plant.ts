/**
 * Plants the fault `SIMULATION_FAULT` into the sources as Node loads them: `node --import ./plant.ts`. An edit that does not fit
 * fails the process, even if its file is not loaded.
 */
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import { faults } from "./faults.ts"

const root = new URL("../../../../", import.meta.url)

const apply = (file: string, source: string, edit: string) => {
  const [piece = "", replacement = ""] = edit.split(" → ")
  const times = source.split(piece).length - 1
  if (times !== 1) throw new Error(`${file} contains this ${times} times, not once: ${piece}`)
  return source.replace(piece, () => replacement)
}

/** The changed sources of a fault, by URL. */
export const plant = (name: string): ReadonlyMap<string, string> => {
  const fault = faults.find((one) => one.name === name)
  if (fault === undefined) throw new Error(`there is no planted fault ${name}`)
  return new Map(
    Object.entries(fault.edits).map(([file, edits]) => {
      const path = fileURLToPath(new URL(file, root))
      const source = edits.reduce((text, edit) => apply(file, text, edit), readFileSync(path, "utf8"))
      return [pathToFileURL(path).href, source]
    })
  )
}

const name = process.env["SIMULATION_FAULT"]

if (name !== undefined) {
  const sources = plant(name)
  registerHooks({
    load: (url, context, nextLoad) => {
      const source = sources.get(url)
      return source === undefined
        ? nextLoad(url, context)
        : { format: "module-typescript", source, shortCircuit: true }
    }
  })
}
