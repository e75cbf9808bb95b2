/**
 * How to reach the upstream, and by what names the environment says so.
 *
 * @since 0.1.0
 */
import { ByteSize, Config, Duration, Effect, type Redacted, Schema } from "effect"
import { baseUrl } from "./internal/paths.ts"

/**
 * The secret key of a Spot, in a form that a header can hold.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SecretKey = Schema.Redacted(
  Schema.String.annotate({ message: `Expected the secret key of a Spot (its settings, "API Access")` }).check(
    Schema.isPattern(/^[\x21-\x7e]+$/, {
      expected: "the secret key of a Spot: not empty, without spaces or line breaks"
    })
  )
)

/**
 * Where the upstream is.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BaseUrl = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/?#]+[^\s?#]*$/, { expected: "an http(s) URL without a query" })
)

/**
 * A part of a header's value.
 *
 * @category schemas
 * @since 0.1.0
 */
export const HeaderText = Schema.String.check(
  Schema.isPattern(/^[\x20-\x7e]*$/, { expected: "printable ASCII" })
)

/**
 * The default of `maxRetryAfter`.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxRetryAfter: Duration.Duration = Duration.hours(1)

/**
 * How to reach the upstream.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The secret key of the Spot (Spot settings, "API Access"). */
  readonly secretKey: Redacted.Redacted
  /** Default `https://openapi.meltingspot.io`. */
  readonly baseUrl?: string | undefined
  /**
   * What stands before the key in the `Authorization` header. The documentation reads as if nothing did; should your
   * Spot want it, set `"Bearer "` with its space. Default `""`.
   */
  readonly authorizationPrefix?: string | undefined
  /** How long one attempt may take, from the connection to the last byte of the answer. Default 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** What stands in the `User-Agent` header. Default `usher`. */
  readonly userAgent?: string | undefined
  /**
   * How much of an answer is read. The connection of a longer one is closed, and its status decides: a `201` is an
   * `UndecodableAnswer`, an error is what its status says. A bulk call adds 4 KiB for each member. Default 1 MiB.
   */
  readonly maxAnswerSize?: ByteSize.ByteSize | undefined
  /**
   * The longest wait that an answer can ask for (`Retry-After`, rate limit headers). A longer one is capped, which is
   * logged once. Default 1 hour.
   */
  readonly maxRetryAfter?: Duration.Input | undefined
  /** Whether the upstream gets to see our trace ids (`traceparent`). Default `false`: it is somebody else's system. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * The options under their usual names: `MELTINGSPOT_SECRET_KEY` (required, not empty), `MELTINGSPOT_BASE_URL`,
 * `MELTINGSPOT_AUTHORIZATION_PREFIX`, `MELTINGSPOT_TIMEOUT` (such as `10 seconds`), `MELTINGSPOT_USER_AGENT` and
 * `MELTINGSPOT_MAX_RETRY_AFTER` (such as `1 hour`). Read as it stands, with no nesting, by `LiveParticipants.layerConfig`.
 *
 * @category options
 * @since 0.1.0
 */
export const config: Config.Wrap<Options> = {
  secretKey: Config.schema(SecretKey, "MELTINGSPOT_SECRET_KEY"),
  baseUrl: Config.schema(BaseUrl, "MELTINGSPOT_BASE_URL").pipe(Config.withDefault(baseUrl)),
  authorizationPrefix: Config.schema(HeaderText, "MELTINGSPOT_AUTHORIZATION_PREFIX").pipe(
    Config.withDefault("")
  ),
  timeout: Config.Duration("MELTINGSPOT_TIMEOUT").pipe(Config.withDefault(Duration.seconds(30))),
  userAgent: Config.schema(HeaderText, "MELTINGSPOT_USER_AGENT").pipe(Config.withDefault("usher")),
  maxRetryAfter: Config.Duration("MELTINGSPOT_MAX_RETRY_AFTER").pipe(Config.withDefault(maxRetryAfter))
}

/**
 * All options with their values.
 *
 * @category models
 * @since 0.1.0
 */
export interface Settings extends Schema.Schema.Type<typeof Settings> {}

const Settings = Schema.Struct({
  secretKey: SecretKey,
  baseUrl: BaseUrl,
  authorizationPrefix: HeaderText,
  timeout: Schema.Duration,
  userAgent: HeaderText,
  maxAnswerSize: Schema.ByteSize,
  maxRetryAfter: Schema.Duration,
  propagateTrace: Schema.Boolean
})

/**
 * The options with their defaults. What every call would fail on is a defect here, which names the option.
 *
 * @category options
 * @since 0.1.0
 */
export const resolve = (options: Options): Effect.Effect<Settings> =>
  Effect.orDie(
    Schema.decodeEffect(Settings)({
      secretKey: options.secretKey,
      baseUrl: options.baseUrl ?? baseUrl,
      authorizationPrefix: options.authorizationPrefix ?? "",
      timeout: Duration.fromInputUnsafe(options.timeout ?? "30 seconds"),
      userAgent: options.userAgent ?? "usher",
      maxAnswerSize: options.maxAnswerSize ?? ByteSize.mebibytes(1),
      maxRetryAfter: Duration.fromInputUnsafe(options.maxRetryAfter ?? maxRetryAfter),
      propagateTrace: options.propagateTrace ?? false
    })
  )
