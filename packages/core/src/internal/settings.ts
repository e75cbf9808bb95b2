/** The settings of a Spot from the options that a program gives, and from those that it reads. */
import { Config, Effect } from "effect"
import * as MeltingSpotConfig from "../MeltingSpotConfig.ts"

/** Options that no call could be made with are a defect that names the option. */
export const given = (options: MeltingSpotConfig.Options): Effect.Effect<MeltingSpotConfig.Settings> =>
  Effect.orDie(MeltingSpotConfig.resolve(options))

/** Options that no call could be made with are a `ConfigError`. */
export const configured = (
  options: Config.Wrap<MeltingSpotConfig.Options>
): Effect.Effect<MeltingSpotConfig.Settings, Config.ConfigError> =>
  Effect.flatMap(Config.unwrap(options), MeltingSpotConfig.resolve).pipe(
    Effect.catchTag("SchemaError", (error) => Effect.fail(new Config.ConfigError(error)))
  )
