/** Converts the options of a client to those of `@usher/core`, and reads missing ones from the environment. */
import { MeltingSpotConfig } from "@usher/core"
import { Config, ConfigProvider, Duration, Effect, Redacted, Result, Schema } from "effect"
import type { ClientOptions } from "../../ClientOptions.ts"
import { InvalidOptionError } from "../../InviteError.ts"
import { checkFunction, checkLimits, checkMillis, checkRetry } from "../checks.ts"

/** Throws an `InvalidOptionError` that names the option or the variable, and never shows the key. */
export const readSettings = (options: ClientOptions): MeltingSpotConfig.Options => {
  const { secretKey, baseUrl, authorizationPrefix, timeout, userAgent, maxRetryAfter } = options
  check(
    "secretKey",
    MeltingSpotConfig.SecretKey,
    secretKey === undefined ? undefined : Redacted.make(secretKey),
    'the secret key of a Spot (Spot settings, "API Access"), not empty and without spaces or line breaks'
  )
  check("baseUrl", MeltingSpotConfig.BaseUrl, baseUrl, "an http(s) URL without a query")
  check("authorizationPrefix", MeltingSpotConfig.HeaderText, authorizationPrefix, "printable ASCII")
  check("userAgent", MeltingSpotConfig.HeaderText, userAgent, "printable ASCII")
  checkFunction("fetch", options.fetch)
  checkMillis("timeout", timeout)
  checkMillis("maxRetryAfter", maxRetryAfter)
  checkLimits(options.limits)
  checkRetry(options.retry)

  const config = Config.unwrap<MeltingSpotConfig.Options>({
    ...MeltingSpotConfig.config,
    ...given("secretKey", secretKey, Redacted.make),
    ...given("baseUrl", baseUrl, String),
    ...given("authorizationPrefix", authorizationPrefix, String),
    ...given("timeout", timeout, Duration.millis),
    ...given("userAgent", userAgent, String),
    ...given("maxRetryAfter", maxRetryAfter, Duration.millis)
  })
  return Result.getOrThrowWith(
    Effect.runSync(Effect.result(config.parse(ConfigProvider.fromEnv()))),
    ({ message }) =>
      new InvalidOptionError(`createClient: an option is missing or wrong in the environment: ${message}`)
  )
}

/** An option of the caller replaces the variable. */
const given = <Name extends string, A, B>(name: Name, value: A | undefined, to: (value: A) => B) =>
  value === undefined ? {} : { [name]: Config.succeed(to(value)) }

const check = (name: string, schema: Schema.Schema<unknown>, value: unknown, expected: string) => {
  if (value !== undefined && !Schema.is(schema)(value)) {
    throw new InvalidOptionError(`\`${name}\` must be ${expected}`)
  }
}
