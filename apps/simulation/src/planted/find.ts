/** Plants every fault in a separate process, and counts the seeds until the simulation finds it. */
import { Console, Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Failed } from "../Failed.ts"
import { type Fault, faults } from "./faults.ts"

const plant = fileURLToPath(new URL("plant.ts", import.meta.url))
const main = fileURLToPath(new URL("../main.ts", import.meta.url))

/** The output of a simulation with the fault. */
const simulate = ({ name }: Fault, seeds: number) =>
  Effect.callback<string>((resume) => {
    const child = spawn(
      process.execPath,
      ["--no-warnings", "--import", plant, main, "--seeds", String(seeds), "--first"],
      { env: { ...process.env, SIMULATION_FAULT: name }, stdio: ["ignore", "pipe", "pipe"] }
    )
    let output = ""
    child.stdout.on("data", (chunk) => (output += String(chunk)))
    child.stderr.on("data", (chunk) => (output += String(chunk)))
    child.on("close", () => resume(Effect.succeed(output)))
    return Effect.sync(() => void child.kill())
  })

const find = Effect.fnUntraced(function* (fault: Fault, seeds: number) {
  const output = yield* simulate(fault, seeds)
  const [, tried, failed] = /^(\d+) seeds, (\d+) with violations/m.exec(output) ?? []
  const [, what = ""] = /^seed \d+: (.+)$/m.exec(output) ?? []
  if (tried === undefined) yield* Console.log(`${fault.name}: the simulation did not run\n${output}`)
  else if (failed === "0") yield* Console.log(`${fault.name}: not found in ${tried} seeds (${fault.title})`)
  else yield* Console.log(`${fault.name}: found by seed ${tried} (${fault.title}): ${what}`)
  return failed === "1"
})

/** Fails if a fault is not found within this many seeds. */
export const findPlanted = Effect.fnUntraced(function* (seeds: number) {
  const found = yield* Effect.forEach(faults, (fault) => find(fault, seeds))
  if (found.includes(false)) return yield* new Failed()
})
