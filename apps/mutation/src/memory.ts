/** Remembers which test killed which mutant. A later run skips the mutant while both files are unchanged. */
import { createHash } from "node:crypto"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import type { Mutant } from "./Mutant.ts"
import { type Catch, fileOf } from "./run/hunt.ts"
import type { Death } from "./run/Job.ts"
import type { Target } from "./targets.ts"

interface Memory {
  /** Hashes of the file and of the test files. */
  readonly hashes: Readonly<Record<string, string>>
  readonly killed: ReadonlyArray<readonly [mutant: number, { readonly test: string; readonly by: Death }]>
}

const folder = "apps/mutation/results"

const pathOf = ({ file }: Target) => `${folder}/${file.replaceAll("/", "-")}.json`

const hashOf = async (path: string) =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex")

export const earlier = async (target: Target, mutants: ReadonlyArray<Mutant>): Promise<Catch["killed"]> => {
  const text = await readFile(pathOf(target), "utf8").catch(() => undefined)
  if (text === undefined) return new Map()
  const memory: Memory = JSON.parse(text)
  if (memory.hashes[target.file] !== (await hashOf(target.file))) return new Map()
  const ids = new Set(mutants.map(({ id }) => id))
  const same = new Set<string>()
  for (const [file, hash] of Object.entries(memory.hashes)) {
    if ((await hashOf(file).catch(() => undefined)) === hash) same.add(file)
  }
  return new Map(memory.killed.filter(([id, { test }]) => ids.has(id) && same.has(fileOf(test))))
}

export const remember = async (
  target: Target,
  mutants: ReadonlyArray<Mutant>,
  killed: Catch["killed"]
): Promise<void> => {
  const files = [target.file, ...new Set([...killed.values()].map(({ test }) => fileOf(test)))]
  const hashes = Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await hashOf(file)] as const))
  )
  const memory: Memory = {
    hashes,
    killed: mutants.flatMap(({ id }) => {
      const kill = killed.get(id)
      return kill === undefined ? [] : [[id, { test: kill.test, by: kill.by }] as const]
    })
  }
  await mkdir(folder, { recursive: true })
  await writeFile(pathOf(target), JSON.stringify(memory))
}
