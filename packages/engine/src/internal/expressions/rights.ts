/** What the process that evaluates expressions may do: read its own program and JSONata, and nothing else on this machine. */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const library = "jsonata"

/** Node's flags for a program in this file. Without `*`, or it could read the relay's environment in `/proc`, and its database. */
export const rights = (program: string): ReadonlyArray<string> => [
  "--permission",
  ...[dirname(program), ...placesOf(createRequire(program))].map((path) => `--allow-fs-read=${path}`)
]

/** The library itself, and the link in `node_modules` by which Node finds it. */
const placesOf = (require: NodeJS.Require): ReadonlyArray<string> => {
  const links = (require.resolve.paths(library) ?? []).map((folder) => join(folder, library))
  return [dirname(require.resolve(library)), ...links.filter((link) => existsSync(link))]
}
