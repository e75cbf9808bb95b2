/** The permissions of a child process: it may read its own files and its packages, and nothing else on this machine. */
import { existsSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

/**
 * Node's permission flags for a program, its packages, and `others`. Without `*`, which would include the relay's
 * environment in `/proc` and its database.
 */
export const rights = (
  program: string,
  packages: ReadonlyArray<string>,
  others: ReadonlyArray<string> = []
): ReadonlyArray<string> => [
  "--permission",
  ...[dirname(program), ...packages.flatMap((name) => placesOf(name, program)), ...others].map(
    (path) => `--allow-fs-read=${path}`
  )
]

/** The package itself, and the links in `node_modules` by which Node finds it. */
const placesOf = (name: string, program: string): ReadonlyArray<string> => {
  const links = (createRequire(program).resolve.paths(name) ?? [])
    .map((folder) => join(folder, name))
    .filter((link) => existsSync(link))
  return [...new Set([...links.map((link) => realpathSync(link)), ...links])]
}
