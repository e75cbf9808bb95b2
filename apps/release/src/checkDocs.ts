/**
 * Checks that every public export of the packages and every member of their types has a docstring, and that the examples in
 * docstrings compile.
 *
 *     pnpm run check:docs
 */
import { documented, type Kind } from "./documented.ts"
import { exampleFaults } from "./examples.ts"
import { packages } from "./Package.ts"

const kinds: ReadonlyArray<Kind> = ["exports", "members", "fields"]

const faults: Array<string> = []

for (const one of packages) {
  const found = documented(one)
  const bare = found.filter(({ isDocumented }) => !isDocumented)
  const counts = kinds.map((kind) => `${found.filter((each) => each.kind === kind).length} ${kind}`)
  console.log(`${one.manifest.name}: ${counts.join(", ")}, ${bare.length} without a docstring`)
  if (bare.length > 0)
    faults.push(`${one.manifest.name}: write a docstring for\n  ${bare.map(({ name }) => name).join("\n  ")}`)
}

faults.push(...exampleFaults(packages))

for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
