/**
 * Plants the fault that `SIMULATION_FAULT` names into the sources as they are loaded: `node --import ./plant.ts`. An edit that no
 * longer fits fails the process, whether its file is loaded or not.
 */
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { Edit } from "./Fault.ts"
import { faults } from "./faults.ts"

const root = new URL("../../../../", import.meta.url)

const apply = (source: string, { file, find, replace }: Edit) => {
  const times = source.split(find).length - 1
  if (times !== 1) throw new Error(`${file}: this stands there ${times} times, not once: ${find}`)
  return source.replace(find, () => replace)
}

/** The sources of a fault's files with the fault in them, by URL. */
const plant = (name: string) => {
  const fault = faults.find((one) => one.name === name)
  if (fault === undefined) throw new Error(`there is no planted fault ${name}`)
  const sources = new Map<string, string>()
  for (const edit of fault.edits) {
    const url = new URL(edit.file, root)
    const source = sources.get(url.href) ?? readFileSync(url, "utf8")
    sources.set(pathToFileURL(fileURLToPath(url)).href, apply(source, edit))
  }
  return sources
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
