/** Builds the services of one Spot from its options, which a program passes or reads from its configuration. */
import { Config, type Context, Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import * as MeltingSpotConfig from "../MeltingSpotConfig.ts"

/** Invalid options are a defect that names the option. */
export const given = (options: MeltingSpotConfig.Options): Effect.Effect<MeltingSpotConfig.Settings> =>
  Effect.orDie(MeltingSpotConfig.resolve(options))

/** Invalid options are a `ConfigError`. */
const configured = (options: Config.Wrap<MeltingSpotConfig.Options>) =>
  Effect.flatMap(Config.unwrap(options), MeltingSpotConfig.resolve).pipe(
    Effect.catchTag("SchemaError", (error) => Effect.fail(new Config.ConfigError(error)))
  )

/** The three ways to build a service: by itself, as a layer, and as a layer that reads the configuration. */
export const serviceOf = <Identifier, Service>(
  tag: Context.Key<Identifier, Service>,
  fromSettings: (settings: MeltingSpotConfig.Settings) => Effect.Effect<Service, never, HttpClient.HttpClient>
) => {
  const make = (options: MeltingSpotConfig.Options): Effect.Effect<Service, never, HttpClient.HttpClient> =>
    Effect.flatMap(given(options), fromSettings)
  return {
    make,
    layer: (options: MeltingSpotConfig.Options): Layer.Layer<Identifier, never, HttpClient.HttpClient> =>
      Layer.effect(tag, make(options)),
    layerConfig: (
      options: Config.Wrap<MeltingSpotConfig.Options> = MeltingSpotConfig.config
    ): Layer.Layer<Identifier, Config.ConfigError, HttpClient.HttpClient> =>
      Layer.effect(tag, Effect.flatMap(configured(options), fromSettings))
  }
}
