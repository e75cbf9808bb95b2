/** `spots.<name>`: how to call one MeltingSpot workspace. */
import { Effect, Redacted, Schema } from "effect"
import { MeltingSpotConfig } from "@usher/core"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"

export const SpotConfig = Schema.Struct({
  secretKey: SecretRef.SecretRef,
  baseUrl: Schema.optionalKey(MeltingSpotConfig.BaseUrl),
  authorizationPrefix: Schema.optionalKey(MeltingSpotConfig.HeaderText),
  timeout: Schema.optionalKey(Schema.DurationFromString),
  /** Whether the upstream gets to see our trace ids. */
  propagateTrace: Schema.optionalKey(Schema.Boolean)
})

/** With its key. */
export const resolve = Effect.fnUntraced(function* (
  config: typeof SpotConfig.Type,
  folder: string,
  problems: Problems
) {
  const secretKey = yield* SecretRef.readOrNote(config.secretKey, folder, problems, ["secretKey"])
  if (secretKey !== undefined) {
    yield* Effect.catch(checkSecretKey(secretKey), () =>
      problems.note(["secretKey"], "no key has spaces or line breaks in it")
    )
  }
  return { ...config, secretKey: secretKey ?? Redacted.make("") }
})

const checkSecretKey = Schema.decodeEffect(MeltingSpotConfig.SecretKey)
