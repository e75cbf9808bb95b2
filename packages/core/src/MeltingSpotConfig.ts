/**
 * The options of the connection to the upstream, and their environment variables.
 */
import { ByteSize, Config, Duration, Effect, type Redacted, Schema } from "effect"
import { durationOf } from "./internal/optionChecks.ts"
import { baseUrl } from "./internal/paths.ts"
import { configOf, SecretKey as internalKey, SecretKeyOption } from "./internal/secretKey.ts"

/**
 * The secret key of a Spot, as a header can hold it.
 *
 * @category schemas
 */
export const SecretKey: Schema.Redacted<Schema.String> = internalKey

/**
 * The URL of the upstream.
 *
 * @category schemas
 */
export const BaseUrl = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^\s/?#]+[^\s?#]*$/, { expected: "an http(s) URL without a query" }),
  Schema.makeFilter((url: string) => URL.canParse(url), { expected: "an http(s) URL" })
)

/**
 * A part of a header's value.
 *
 * @category schemas
 */
export const HeaderText = Schema.String.check(
  Schema.isPattern(/^[\x20-\x7e]*$/, { expected: "printable ASCII" })
)

/**
 * The default of `maxRetryAfter`.
 *
 * @category constants
 */
export const maxRetryAfter: Duration.Duration = Duration.hours(1)

/**
 * Options of the connection to the upstream.
 *
 * @category options
 */
export interface Options {
  /** The secret key of the Spot (Spot settings, "API Access"). */
  readonly secretKey: Redacted.Redacted
  /** The URL of the API. Default: `https://openapi.meltingspot.io`. */
  readonly baseUrl?: string | undefined
  /**
   * The text before the key in the `Authorization` header. The documentation shows none; if your Spot requires it, set
   * `"Bearer "` with its space. Default: `""`.
   */
  readonly authorizationPrefix?: string | undefined
  /** The time limit of one attempt, from the connection to the last byte of the answer; above 0. Default: 30 seconds. */
  readonly timeout?: Duration.Input | undefined
  /** The `User-Agent` header. Default: `usher`. */
  readonly userAgent?: string | undefined
  /**
   * The size limit of an answer. The connection of a longer answer is closed, and its status decides: a `201` is an
   * `UndecodableAnswer`, an error is mapped by its status. A bulk call adds 4 KiB for each member. Default: 1 MiB.
   */
  readonly maxAnswerSize?: ByteSize.ByteSize | undefined
  /**
   * The longest wait that an answer can ask for (`Retry-After`, rate limit headers), 0 or more. A longer wait is capped,
   * which is logged once. Default: 1 hour.
   */
  readonly maxRetryAfter?: Duration.Input | undefined
  /** Whether trace ids (`traceparent`) are sent to the upstream, a third party. Default: `false`. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * Reads the secret key of a Spot from the variable of this name, for programs that call several Spots. The error says
 * whether the variable is missing, empty or malformed.
 *
 * @category options
 */
export const secretKey = (name: string): Config.Config<Redacted.Redacted> => configOf(name)

const inRange = (range: "above 0" | "0 or more") =>
  Schema.makeFilter(
    (length: Duration.Duration) =>
      !Duration.isNegative(length) && (range === "0 or more" || !Duration.isZero(length)),
    { message: lengthMessage(range) }
  )

const lengthMessage = (range: "above 0" | "0 or more") =>
  `Expected a length of time ${range}, such as "10 seconds"`

const Length = (range: "above 0" | "0 or more") =>
  Schema.Duration.annotate({ message: lengthMessage(range) }).check(inRange(range))

const LengthText = (range: "above 0" | "0 or more") => Schema.DurationFromString.check(inRange(range))

const fromVariables = (): Config.Wrap<Options> => ({
  secretKey: secretKey("MELTINGSPOT_SECRET_KEY"),
  baseUrl: Config.schema(BaseUrl, "MELTINGSPOT_BASE_URL").pipe(Config.withDefault(baseUrl)),
  authorizationPrefix: Config.schema(HeaderText, "MELTINGSPOT_AUTHORIZATION_PREFIX").pipe(
    Config.withDefault("")
  ),
  timeout: Config.schema(LengthText("above 0"), "MELTINGSPOT_TIMEOUT").pipe(
    Config.withDefault(Duration.seconds(30))
  ),
  userAgent: Config.schema(HeaderText, "MELTINGSPOT_USER_AGENT").pipe(Config.withDefault("usher")),
  maxRetryAfter: Config.schema(LengthText("0 or more"), "MELTINGSPOT_MAX_RETRY_AFTER").pipe(
    Config.withDefault(maxRetryAfter)
  )
})

/**
 * Reads the options from their environment variables: `MELTINGSPOT_SECRET_KEY` (required, not empty), `MELTINGSPOT_BASE_URL`,
 * `MELTINGSPOT_AUTHORIZATION_PREFIX`, `MELTINGSPOT_TIMEOUT` (such as `10 seconds`), `MELTINGSPOT_USER_AGENT` and
 * `MELTINGSPOT_MAX_RETRY_AFTER` (such as `1 hour`). `LiveParticipants.layerConfig` reads them without nesting.
 *
 * @category options
 */
export const config: Config.Wrap<Options> = /* @__PURE__ */ fromVariables()

const Settings = Schema.Struct({
  secretKey: internalKey,
  baseUrl: BaseUrl,
  authorizationPrefix: HeaderText,
  timeout: Length("above 0"),
  userAgent: HeaderText,
  maxAnswerSize: Schema.ByteSize.check(
    Schema.makeFilter((size: ByteSize.ByteSize) => Number(size) > 0, { expected: "a size above 0" })
  ),
  maxRetryAfter: Length("0 or more"),
  propagateTrace: Schema.Boolean
})

const decodeSettings = Schema.decodeUnknownEffect(Settings)
const checkSecretKey = Schema.decodeUnknownEffect(Schema.Struct({ secretKey: SecretKeyOption }))

/**
 * All options with their defaults applied.
 *
 * @category models
 */
export interface Settings extends Schema.Schema.Type<typeof Settings> {}

/**
 * Applies the defaults and validates the options. The error names an invalid option and does not show its value.
 *
 * @category options
 */
export const resolve = (options: Options): Effect.Effect<Settings, Schema.SchemaError> =>
  Effect.andThen(
    checkSecretKey(options),
    decodeSettings({
      secretKey: options.secretKey,
      baseUrl: options.baseUrl ?? baseUrl,
      authorizationPrefix: options.authorizationPrefix ?? "",
      timeout: lengthOf(options.timeout ?? "30 seconds"),
      userAgent: options.userAgent ?? "usher",
      maxAnswerSize: options.maxAnswerSize ?? ByteSize.mebibytes(1),
      maxRetryAfter: lengthOf(options.maxRetryAfter ?? maxRetryAfter),
      propagateTrace: options.propagateTrace ?? false
    })
  )

/** An invalid duration stays unchanged, and is refused by name. */
const lengthOf = (input: Duration.Input) => durationOf(input) ?? input
