import { Effect, References, Schema } from "effect"
import { Flag } from "effect/cli"
import * as LiveAddress from "../../config/LiveAddress.ts"

export const configFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDefault("usher.yaml"),
  Flag.withDescription("The configuration file, YAML or JSON")
)

export const jsonFlag = Flag.Boolean("json").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Print JSON, for programs")
)

/** The id of a Live, which people copy from its web address. */
export const liveFlag = (description: string) =>
  Flag.String("live").pipe(
    Flag.withSchema(
      Schema.String.check(
        Schema.makeFilter((text: string) => !LiveAddress.isAddress(text) || LiveAddress.reason(text))
      )
    ),
    Flag.withDescription(description)
  )

/** Keeps the log to what went wrong, for commands that print a table. */
export const quiet = Effect.provideService(References.MinimumLogLevel, "Error")
