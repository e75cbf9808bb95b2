import { Effect, References } from "effect"
import { Flag } from "effect/cli"

export const configFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDefault("usher.yaml"),
  Flag.withDescription("The configuration file, YAML or JSON")
)

export const jsonFlag = Flag.Boolean("json").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Print JSON, for programs")
)

/** Keeps the log to what went wrong, for commands that print a table. */
export const quiet = Effect.provideService(References.MinimumLogLevel, "Error")
