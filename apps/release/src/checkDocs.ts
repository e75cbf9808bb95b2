/**
 * Whether every public export of the packages, and every member of their types, has a sentence. What had none when this
 * began stands in undocumented.json: nothing may be added there, and what has a sentence has to leave.
 *
 *     pnpm run check:docs [--shrink]
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { documented, type Kind } from "./documented.ts"
import { packages } from "./Package.ts"

const kinds: ReadonlyArray<Kind> = ["exports", "members", "fields"]

type Baseline = Readonly<Record<string, ReadonlyArray<string>>>

const file = join(import.meta.dirname, "../undocumented.json")
const baseline: Baseline = JSON.parse(readFileSync(file, "utf8"))
const shrinks = process.argv.includes("--shrink")

const left: Record<string, ReadonlyArray<string>> = {}
const faults: Array<string> = []

for (const one of packages) {
  const { name } = one.manifest
  const known = new Set(baseline[name])
  const found = documented(one)
  const bare = found.filter(({ isDocumented }) => !isDocumented)
  const counts = kinds.map((kind) => {
    const of = (all: typeof found) => all.filter((each) => each.kind === kind).length
    return `${of(bare)} of ${of(found)} ${kind}`
  })
  console.log(`${name}: without a sentence are ${counts.join(", ")}`)
  const names = bare.map((each) => each.name).toSorted()
  const fresh = names.filter((each) => !known.has(each))
  const stale = [...known].filter((each) => !names.includes(each))
  if (fresh.length > 0) faults.push(`${name}: write a sentence for\n  ${fresh.join("\n  ")}`)
  if (stale.length > 0 && !shrinks)
    faults.push(
      `${name}: run \`pnpm run check:docs --shrink\`: documented by now, or gone, are\n  ${stale.join("\n  ")}`
    )
  const kept = names.filter((each) => known.has(each))
  if (kept.length > 0) left[name] = kept
}

if (shrinks) writeFileSync(file, `${JSON.stringify(left, null, 2)}\n`)
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
