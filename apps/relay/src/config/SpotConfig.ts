/** `spots.<name>`: how to call one MeltingSpot workspace. */
import { Effect, Redacted, Schema } from "effect"
import { MeltingSpotConfig } from "@usher/core"
import { Budget, RetryPolicy, type Spots } from "@usher/engine"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { length } from "./Time.ts"

const Count = Schema.Int.check(Schema.isGreaterThan(0))

const { per10s, per24h } = Budget.Limits.fields

/** What is left out is as documented. */
const BudgetConfig = Schema.Union([
  Schema.Literal("unlimited"),
  Schema.Struct({
    per10s: Schema.optionalKey(per10s).annotateKey({
      description: "calls within any 10 seconds",
      default: Budget.documented.per10s
    }),
    per24h: Schema.optionalKey(per24h).annotateKey({
      description: "calls within any 24 hours",
      default: Budget.documented.per24h
    }),
    shares: Schema.optionalKey(Budget.Shares).annotateKey({
      description:
        "what is kept of both for each lane (live, retry, replay, import), whatever the others want; 1 is the whole",
      default: Budget.documented.shares
    })
  })
]).annotate({ message: 'Expected { per10s, per24h, shares }, or "unlimited"' })

const attempts = RetryPolicy.RetryPolicy.fields.maxAttempts

/** What is left out is the standard one's. */
const RetryConfig = Schema.Struct({
  base: Schema.optionalKey(length("the wait after the first failure is random, up to this", "1 second")),
  cap: Schema.optionalKey(length("it doubles with each failure, up to this", "1 hour")),
  maxAttempts: Schema.optionalKey(attempts).annotateKey({
    description: "after so many attempts an invitation is exhausted",
    default: RetryPolicy.standard.maxAttempts
  }),
  maxAge: Schema.optionalKey(length("one that waits longer is exhausted at its next failure", "3 days"))
})

export const SpotConfig = Schema.Struct({
  secretKey: SecretRef.SecretRef.annotateKey({
    description: "where the secret key of the Spot is kept (Spot settings, API Access)"
  }),
  baseUrl: Schema.optionalKey(MeltingSpotConfig.BaseUrl).annotateKey({
    description: "where MeltingSpot's API is",
    default: "https://openapi.meltingspot.io"
  }),
  authorizationPrefix: Schema.optionalKey(MeltingSpotConfig.HeaderText).annotateKey({
    description: 'what stands before the key in the Authorization header, such as "Bearer " with its space',
    default: ""
  }),
  timeout: Schema.optionalKey(length("how long one call may take", "30 seconds")),
  propagateTrace: Schema.optionalKey(Schema.Boolean).annotateKey({
    description: "whether MeltingSpot gets to see the relay's trace ids",
    default: false
  }),
  budget: Schema.optionalKey(BudgetConfig).annotateKey({
    description: "how many calls the key may make; unlimited for an upstream that does not count"
  }),
  retry: Schema.optionalKey(RetryConfig).annotateKey({
    description: "when a failed invitation is sent again, and when it is given up"
  }),
  concurrency: Schema.optionalKey(Count).annotateKey({
    description: "how many calls may be under way at once",
    default: 8
  }),
  batchSize: Schema.optionalKey(Count).annotateKey({
    description: "how many members one call may have; 1 for single calls only",
    default: 100
  })
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
