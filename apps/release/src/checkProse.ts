/**
 * Whether documents, comments and messages are free of the banned phrases. `lint/prose.txt` lists the files that still
 * contain some; a file leaves the list when it is clean.
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
const known = new Set(
  readFileSync(join(root, "lint/prose.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
)

const found = new Map(files.map((path) => [path, faultsIn(path, readFileSync(join(root, path), "utf8"))]))

const faults = files.filter((path) => !known.has(path)).flatMap((path) => found.get(path) ?? [])
const clean = [...known].filter((path) => (found.get(path) ?? []).length === 0)
faults.push(...clean.map((path) => `${path} is clean: remove it from lint/prose.txt`))

console.log(`${files.length} files, ${known.size - clean.length} of them not clean yet (lint/prose.txt)`)
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
