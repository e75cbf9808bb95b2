import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import * as Report from "../../check/Report.ts"
import { toJson, toText } from "../../check/reportText.ts"
import { Reported } from "../support/exit.ts"
import { configFlag, jsonFlag } from "../support/flags.ts"

export const check = Command.make(
  "check",
  {
    config: configFlag,
    json: jsonFlag,
    strict: Flag.Boolean("strict").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Count warnings as errors: exit code 1 if there is one")
    ),
    online: Flag.Boolean("online").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "Ask MeltingSpot, too: does it take the key of each Spot, and know every Live that the file names? Two calls for each Live, which change nothing"
      )
    )
  },
  Effect.fnUntraced(function* ({ config: file, json, strict, online }) {
    const report = yield* Report.make(file, { strict, online })
    yield* Console.log(json ? JSON.stringify(toJson(report)) : toText(report))
    if (!report.ok) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Say everything that is wrong or weak in the configuration, its database and its environment, without starting or changing anything. Exit code 0 without errors, 1 with errors, with --strict also 1 with warnings"
  )
)
