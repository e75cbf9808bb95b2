/**
 * Checks that documents, comments and messages contain no banned phrases.
 *
 *     pnpm run check:prose
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { faultsIn } from "./prose.ts"

const root = join(import.meta.dirname, "../../..")

const patterns = [
  "*.md",
  "docs/**/*.{md,yml}",
  "deploy/*",
  "examples/**/*.{md,ts}",
  "{apps,packages}/*/README.md",
  "{apps,packages}/*/src/**/*.{ts,tsx}",
  "apps/relay/usher.example.yaml"
]

const isOurs = (path: string) => !/(?:^|\/)(?:node_modules|dist)\//.test(path)

const files = globSync(patterns, { cwd: root }).filter(isOurs).toSorted()
const faults = files.flatMap((path) => faultsIn(path, readFileSync(join(root, path), "utf8")))

console.log(`${files.length} files, ${faults.length} banned phrases`)
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
