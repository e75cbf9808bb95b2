/**
 * The settings in force: the configuration of the program with its defaults, without secrets. A program without a
 * configuration file provides `layerNone`; the endpoint then answers 404.
 */
import { Context, Effect, Layer, Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { NotFound } from "./Problem.ts"

/**
 * The settings in the form of the configuration file. References stand for secrets, such as `{ env: NAME }`. A key without
 * a value (never, forever, unlimited) is absent.
 *
 * @category schemas
 */
export const Settings = Schema.Struct({
  /** The sections of the file. */
  settings: Schema.Record(Schema.String, Schema.Json),
  /** The same as YAML. */
  yaml: Schema.String
}).annotate({ identifier: "Settings" })

/**
 * What the schema `Settings` decodes to.
 *
 * @category models
 */
export interface Settings extends Schema.Schema.Type<typeof Settings> {}

/**
 * Reads the settings of the program.
 *
 * @category services
 */
export class InForce extends Context.Service<
  InForce,
  {
    /** The settings at this moment. They change with a reload. */
    readonly settings: Effect.Effect<Settings, NotFound>
  }
>()("@usher/admin/Settings/InForce") {}

/**
 * Has no settings, for programs without a configuration file.
 *
 * @category layers
 */
export const layerNone: Layer.Layer<InForce> = Layer.succeed(
  InForce,
  InForce.of({
    settings: Effect.fail(new NotFound({ detail: "This program was not started from a configuration file." }))
  })
)

/**
 * The endpoint of the settings.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("settings").add(
  HttpApiEndpoint.get("get", "/settings", { success: Settings, error: NotFound }).annotate(
    OpenApi.Summary,
    "The configuration in force with its defaults, without secrets"
  )
)
