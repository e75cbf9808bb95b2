/** The command line of the benchmark. */
import { Console, Effect, Option } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import * as Machine from "./Machine.ts"
import * as provenance from "./report/provenance.ts"
import * as Mode from "./Mode.ts"
import * as markdown from "./report/markdown.ts"
import { write } from "./report/document.ts"
import { toSvg } from "./report/plots.ts"
import { scenarios } from "./scenarios/scenarios.ts"
import type { Scenario } from "./Scenario.ts"
import { Postgres } from "./servers/Postgres.ts"

const letters = scenarios.map(({ letter }) => letter)

const chosen = (text: string): ReadonlyArray<Scenario> => {
  const asked = text.split(",").map((letter) => letter.trim())
  const unknown = asked.filter((letter) => !letters.includes(letter))
  if (unknown.length > 0) throw new RangeError(`There is no scenario ${unknown.join(", ")}`)
  return scenarios.filter(({ letter }) => asked.includes(letter))
}

const isFlag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDefault(false), Flag.withDescription(description))

export const bench = Command.make(
  "bench",
  {
    only: Flag.String("only").pipe(
      Flag.mapTryCatch(chosen, () => `letters of scenarios with commas between them: ${letters.join(",")}`),
      Flag.withDefault(scenarios),
      Flag.withDescription(
        `Only these: ${scenarios.map(({ letter, title }) => `${letter} (${title})`).join(", ")}`
      )
    ),
    quick: isFlag(
      "quick",
      "One short round of every scenario, in less than two minutes. Do not quote its figures"
    ),
    smoke: isFlag("smoke", "Only test the benchmark itself. Its figures mean nothing"),
    write: Flag.Boolean("write").pipe(
      Flag.optional,
      Flag.withDescription(
        "Write docs/benchmarks.md and its plots. Only for a full run, which is its default"
      )
    )
  },
  Effect.fnUntraced(function* ({ only, quick, smoke, write: asked }) {
    const mode = smoke ? Mode.smoke : quick ? Mode.quick : Mode.full
    const isFull = mode.name === "full"
    const isWritten = Option.getOrElse(asked, () => isFull)
    if (isWritten && !isFull) {
      const message = "--write needs a full run: the figures of other runs must not be quoted"
      return yield* new CliError.UserError({ cause: new Error(message), userMessage: message })
    }
    const taken = yield* provenance.of(
      isFull ? "bench" : `bench --${mode.name}`,
      only.length === scenarios.length ? [] : ["--only", only.map(({ letter }) => letter).join(",")]
    )
    const machine = yield* Machine.describe
    yield* Console.log(machine)
    for (const { letter, title, run } of only) {
      yield* Console.log(`\n## (${letter}) ${title}\n`)
      const report = yield* Effect.scoped(run(mode))
      const conditions = [`${machine}.`, taken]
      yield* Console.log(markdown.report({ ...report, plots: [] }, conditions, mode.caveat))
      if (isWritten) yield* write(letter, report, conditions)
      // Draws the plots all the same, to find faults in them.
      else yield* Effect.forEach(report.plots, ({ picture }) => toSvg(picture), { discard: true })
    }
  }, Effect.provide(Postgres.layer))
).pipe(
  Command.withDescription(
    "Compare the relay with its floor and with the alternatives that a team would write"
  )
)
