/**
 * Plants small faults in the code and lists those that no test notices.
 *
 *     pnpm mutants [--file NAME]… [--mutant NUMBER] [--again] [--sqlite] [--list]
 */
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import { equivalentsOf } from "./equivalent/all.ts"
import { find } from "./find.ts"
import { instrument } from "./instrument.ts"
import { earlier, remember } from "./memory.ts"
import { countsOf, type Outcome, survivors, table } from "./report.ts"
import { type Catch, hunt } from "./run/hunt.ts"
import { startPostgres } from "./run/postgres.ts"
import { all, type Target } from "./targets.ts"

process.chdir(fileURLToPath(new URL("../../..", import.meta.url)))

// Also ends the test processes, which end with this one.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130))

const { values: options } = parseArgs({
  options: {
    file: { type: "string", multiple: true, default: [] },
    mutant: { type: "string" },
    again: { type: "boolean", default: false },
    sqlite: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    jobs: { type: "string", default: String(Math.min(2, cpus().length)) }
  }
})

const targets = all.filter(
  ({ file }) => options.file.length === 0 || options.file.some((name) => file.endsWith(name))
)
if (targets.length === 0) throw new Error(`No target ends with ${options.file.join(" or ")}`)

const isAlone = options.mutant !== undefined

const read = async ({ file }: Target) => {
  const source = await readFile(file, "utf8")
  const all = find(file, source)
  const mutants = isAlone ? all.filter(({ id }) => id === Number(options.mutant)) : all
  return { mutants, code: instrument(file, source, mutants), ...equivalentsOf(file, source, all) }
}

const outcomeOf = async (target: Target, postgresUrl: string | undefined): Promise<Outcome> => {
  const { file, tests } = target
  const { mutants, code, equivalent, stale } = await read(target)
  const before = options.again && !isAlone ? await earlier(target, mutants) : new Map()
  const rest = mutants.map(({ id }) => id).filter((id) => !before.has(id) && (isAlone || !equivalent.has(id)))
  const found: Catch = await hunt({ file, code, tests, mutants: rest, postgresUrl })
  const killed: Catch["killed"] = new Map([...before, ...found.killed])
  if (!isAlone) await remember(target, mutants, killed)
  for (const entry of stale) {
    console.error(`${file}: no mutant matches the equivalent one: ${entry}`)
    process.exitCode = 1
  }
  return { file, mutants, equivalent, found: { ...found, killed } }
}

if (options.list) {
  for (const target of targets) {
    for (const { id, line, from, to } of (await read(target)).mutants) {
      console.log(`${target.file}:${line}  #${id}  ${from}  →  ${to}`)
    }
  }
} else {
  const needsPostgres = !options.sqlite && targets.some(({ file }) => file.startsWith("packages/engine"))
  const postgres = needsPostgres ? await startPostgres() : undefined
  const started = performance.now()
  const outcomes = new Map<string, Outcome>()
  const queue = [...targets]
  const work = async () => {
    for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
      const before = performance.now()
      const outcome = await outcomeOf(target, postgres?.url)
      outcomes.set(target.file, outcome)
      const { killed, mutants, survived } = countsOf(outcome)
      const seconds = Math.round((performance.now() - before) / 1000)
      console.error(`${target.file}: ${killed} of ${mutants} killed, ${survived} survived (${seconds} s)`)
      if (isAlone) {
        for (const [id, { test, by }] of outcome.found.killed) console.error(`#${id} ${by}: ${test}`)
      }
      for (const survivor of survivors(outcome)) console.error(`  ${survivor}`)
      for (const [test, reason] of outcome.found.unfit) console.error(`  left out: ${test} (${reason})`)
    }
  }
  await Promise.all(Array.from({ length: Number(options.jobs) }, work))
  await postgres?.remove()

  const sorted = targets.flatMap(({ file }) => outcomes.get(file) ?? [])
  const lines = sorted.flatMap(survivors)
  const text = [table(sorted), ...(lines.length === 0 ? [] : ["", "Survivors:", ...lines])].join("\n")
  console.log(`${text}\n\n${Math.round((performance.now() - started) / 1000)} s`)
  await mkdir("apps/mutation/results", { recursive: true })
  await writeFile("apps/mutation/results/last.md", `${text}\n`)
}
