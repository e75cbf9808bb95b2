import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { report, teardown } from "./cli/exit.ts"
import { usher, version } from "./cli/usher.ts"
import * as Log from "./Log.ts"

Command.run(usher, { version }).pipe(
  Effect.tapCause(report),
  Effect.provide([NodeServices.layer, Log.layer]),
  NodeRuntime.runMain({ teardown, disableErrorReporting: true })
)
