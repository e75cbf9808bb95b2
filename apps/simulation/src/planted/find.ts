/** Plants every fault, one at a time in a process of its own, and counts the seeds until the simulation finds it. */
import { Console, Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Failed } from "../Failed.ts"
import type { Fault } from "./Fault.ts"
import { faults } from "./faults.ts"

const plant = fileURLToPath(new URL("plant.ts", import.meta.url))
const main = fileURLToPath(new URL("../main.ts", import.meta.url))

/** What a simulation with the fault prints. */
const simulate = ({ name }: Fault, seeds: number) =>
  Effect.callback<string>((resume) => {
    const child = spawn(
      process.execPath,
      ["--no-warnings", "--import", plant, main, "--seeds", String(seeds), "--first"],
      { env: { ...process.env, SIMULATION_FAULT: name }, stdio: ["ignore", "pipe", "pipe"] }
    )
    let said = ""
    child.stdout.on("data", (chunk) => (said += String(chunk)))
    child.stderr.on("data", (chunk) => (said += String(chunk)))
    child.on("close", () => resume(Effect.succeed(said)))
    return Effect.sync(() => void child.kill())
  })

const find = Effect.fnUntraced(function* (fault: Fault, seeds: number) {
  const said = yield* simulate(fault, seeds)
  const [, tried, failed] = /^(\d+) seeds, (\d+) with violations/m.exec(said) ?? []
  const [, what = ""] = /^seed \d+: (.+)$/m.exec(said) ?? []
  if (tried === undefined) yield* Console.log(`${fault.name}: the simulation did not run\n${said}`)
  else if (failed === "0") yield* Console.log(`${fault.name}: not found in ${tried} seeds (${fault.title})`)
  else yield* Console.log(`${fault.name}: found by seed ${tried} (${fault.title}): ${what}`)
  return failed === "1"
})

/** Fails if one of them is not found within so many seeds. */
export const findPlanted = Effect.fnUntraced(function* (seeds: number) {
  const found = yield* Effect.forEach(faults, (fault) => find(fault, seeds))
  if (found.includes(false)) return yield* new Failed()
})
