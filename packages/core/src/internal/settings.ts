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

type FromSettings<Service> = (
  settings: MeltingSpotConfig.Settings
) => Effect.Effect<Service, never, HttpClient.HttpClient>

/** Builds a service from options. */
export const makeOf =
  <Service>(fromSettings: FromSettings<Service>) =>
  (options: MeltingSpotConfig.Options): Effect.Effect<Service, never, HttpClient.HttpClient> =>
    Effect.flatMap(given(options), fromSettings)

/** Builds a layer from options. */
export const layerOf =
  <Identifier, Service>(tag: Context.Key<Identifier, Service>, fromSettings: FromSettings<Service>) =>
  (options: MeltingSpotConfig.Options): Layer.Layer<Identifier, never, HttpClient.HttpClient> =>
    Layer.effect(tag, makeOf(fromSettings)(options))

/** Builds a layer from options that are read from the configuration. */
export const layerConfigOf =
  <Identifier, Service>(tag: Context.Key<Identifier, Service>, fromSettings: FromSettings<Service>) =>
  (
    options: Config.Wrap<MeltingSpotConfig.Options> = MeltingSpotConfig.config
  ): Layer.Layer<Identifier, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(tag, Effect.flatMap(configured(options), fromSettings))
