/** `spots.<name>`: how to call one MeltingSpot workspace. */
import { Effect, Redacted, Schema } from "effect"
import { MeltingSpotConfig } from "@usher/core"
import { Budget, RetryPolicy, type Spots } from "@usher/engine"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

/** What is left out is as documented. */
const BudgetConfig = Schema.Union([
  Schema.Literal("unlimited"),
  Schema.Struct({
    per10s: Schema.optionalKey(Budget.Limits.fields.per10s),
    per24h: Schema.optionalKey(Budget.Limits.fields.per24h),
    shares: Schema.optionalKey(Budget.Shares)
  })
]).annotate({ message: 'Expected { per10s, per24h, shares }, or "unlimited"' })

/** What is left out is the standard one's. */
const RetryConfig = Schema.Struct({
  base: Schema.optionalKey(RetryPolicy.RetryPolicy.fields.base),
  cap: Schema.optionalKey(RetryPolicy.RetryPolicy.fields.cap),
  maxAttempts: Schema.optionalKey(RetryPolicy.RetryPolicy.fields.maxAttempts),
  maxAge: Schema.optionalKey(RetryPolicy.RetryPolicy.fields.maxAge)
})

export const SpotConfig = Schema.Struct({
  secretKey: SecretRef.SecretRef,
  baseUrl: Schema.optionalKey(MeltingSpotConfig.BaseUrl),
  authorizationPrefix: Schema.optionalKey(MeltingSpotConfig.HeaderText),
  timeout: Schema.optionalKey(Schema.DurationFromString),
  /** Whether the upstream gets to see our trace ids. */
  propagateTrace: Schema.optionalKey(Schema.Boolean),
  budget: Schema.optionalKey(BudgetConfig),
  retry: Schema.optionalKey(RetryConfig),
  /** How many calls may be under way at once. */
  concurrency: Schema.optionalKey(Count),
  /** How many members one call may have; 1 for single calls only. */
  batchSize: Schema.optionalKey(Count)
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
  const { budget, retry, ...rest } = config
  const options: Spots.Options = {
    ...rest,
    secretKey: secretKey ?? Redacted.make(""),
    budget: budget === "unlimited" ? budget : { ...Budget.documented, ...budget },
    retry: { ...RetryPolicy.standard, ...retry }
  }
  return options
})

const checkSecretKey = Schema.decodeEffect(MeltingSpotConfig.SecretKey)
