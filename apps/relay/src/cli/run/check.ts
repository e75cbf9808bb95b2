import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as Report from "../../check/Report.ts"
import { toJson, toText } from "../../check/reportText.ts"
import { Reported } from "../support/exit.ts"
import { configFlag, jsonFlag, switchFlag } from "../support/flags.ts"

export const check = Command.make(
  "check",
  {
    config: configFlag,
    json: jsonFlag,
    strict: switchFlag("strict", "Treat warnings as errors: exit code 1 if there is a warning"),
    online: switchFlag(
      "online",
      "Also check with MeltingSpot that each Spot's key is accepted and that every Live in the file exists. Makes two read-only calls for each Live"
    )
  },
  Effect.fnUntraced(function* ({ config: file, json, strict, online }) {
    const report = yield* Report.make(file, { strict, online })
    yield* Console.log(json ? JSON.stringify(toJson(report)) : toText(report))
    if (!report.ok) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Check the configuration, the database and the environment for errors and weaknesses, without changing anything. Exit code 0 without errors, 1 with errors; with --strict also 1 with warnings"
  ),
  Command.withExamples([
    {
      command: "usher check --config usher.yaml --strict",
      description: "Before a deployment: exit code 1 also for warnings"
    },
    { command: "usher check --online", description: "Also try the keys and look up the Lives" }
  ])
)
