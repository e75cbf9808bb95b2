/** The command line of the simulation. */
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { Failed } from "./Failed.ts"
import { findPlanted } from "./planted/find.ts"
import { explain, total } from "./report.ts"
import { type Result, run } from "./Scenario.ts"
import { lineOf } from "./Trace.ts"

/** The number of failing seeds whose traces are printed. */
const maxExplained = 3

export const simulate = Command.make(
  "simulate",
  {
    seed: Flag.Int("seed").pipe(Flag.optional, Flag.withDescription("The first seed. Default: 1")),
    seeds: Flag.Int("seeds").pipe(
      Flag.optional,
      Flag.withDescription("How many seeds. Default: 1 with --seed, else 200")
    ),
    first: Flag.Boolean("first").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Stop at the first seed that fails")
    ),
    trace: Flag.Boolean("trace").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Print the whole trace of every seed")
    ),
    planted: Flag.Boolean("planted").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Plant each known fault, and print how many seeds it takes to find it")
    )
  },
  Effect.fnUntraced(function* ({ planted, seed, trace, first, ...options }) {
    const from = Option.getOrElse(seed, () => 1)
    const seeds = Option.getOrElse(options.seeds, () => (Option.isSome(seed) ? 1 : 200))
    if (planted) return yield* findPlanted(seeds)
    const begun = process.cpuUsage()
    const results: Array<Result["counts"]> = []
    let failed = 0
    for (let number = from; number < from + seeds; number++) {
      const result = yield* Effect.promise(() => run(number))
      results.push(result.counts)
      if (trace) yield* Console.log(result.trace.events().map(lineOf).join("\n"))
      if (seeds === 1) yield* Console.log(`seed ${number}: trace ${result.hash}`)
      if (result.violations.length === 0) continue
      failed++
      if (failed <= maxExplained) yield* Console.log(explain(result))
      else yield* Console.log(`seed ${number}: ${result.violations[0]?.what}`)
      if (first) break
    }
    const { user, system } = process.cpuUsage(begun)
    yield* Console.log(
      `${results.length} seeds, ${failed} with violations, in ${((user + system) / 1e6).toFixed(1)} s of processor time: ${total(results)}`
    )
    if (failed > 0) return yield* new Failed()
  })
).pipe(Command.withDescription("Simulate the relay under seeded schedules, kills, freezes and faults"))
