#!/usr/bin/env node
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { endWithReader, report, teardown } from "./cli/support/exit.ts"
import * as Presenter from "./cli/support/presenter.ts"
import { usher } from "./cli/usher.ts"
import { keepPrivate } from "./database/Files.ts"
import * as Log from "./telemetry/Log.ts"
import { version } from "./version.ts"

keepPrivate()
endWithReader()
Command.run(usher, { version }).pipe(
  Effect.provide([NodeServices.layer, Log.layer, Presenter.layer]),
  Effect.tapCause(report),
  NodeRuntime.runMain({ teardown, disableErrorReporting: true })
)
