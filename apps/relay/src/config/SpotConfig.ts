/** `spots.<name>`: the options for calls to one MeltingSpot workspace. */
import { Duration, Effect, Equal, Redacted, Schema, Struct } from "effect"
import { MeltingSpotConfig } from "@usher/core"
import { Budget, RetryPolicy, type Spots } from "@usher/engine"
import * as Authority from "./Authority.ts"
import * as MemberIdPattern from "./MemberIdPattern.ts"
import { resolveSpot, SpotProxy } from "./ProxyConfig.ts"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { holdsCredentials } from "./ServerConfig.ts"
import { optional, optionalDuration } from "./optional.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 }))

const { per10s, per24h } = Budget.Limits.fields

const share = (lane: keyof Budget.Shares, of: string) =>
  optional(Budget.Shares.fields[lane], `The reserved share of ${of}`, Budget.documented.shares[lane])

const SharesConfig = Schema.Struct({
  live: share("live", "sign-ups that arrive now"),
  retry: share("retry", "their retries"),
  replay: share("replay", "replays"),
  import: share("import", "imports")
})

const BudgetConfig = Schema.Union([
  Schema.Literal("unlimited"),
  Schema.Struct({
    per10s: optional(per10s, "The maximum number of calls within any 10 seconds", Budget.documented.per10s),
    per24h: optional(per24h, "The maximum number of calls within any 24 hours", Budget.documented.per24h),
    shares: optional(
      SharesConfig,
      "The share of both limits reserved for each lane. The shares add up to at most 1"
    )
  })
]).annotate({ message: 'Expected { per10s, per24h, shares }, or "unlimited"' })

const attempts = RetryPolicy.RetryPolicy.fields.maxAttempts

const RetryConfig = Schema.Struct({
  base: optionalDuration("The maximum of the random wait after the first failure", "1 second"),
  cap: optionalDuration("The upper limit of the wait, which doubles with each failure", "1 hour"),
  maxAttempts: optional(
    attempts,
    "The number of attempts after which an invitation is exhausted",
    RetryPolicy.standard.maxAttempts
  ),
  maxAge: optionalDuration("The age at which an invitation is exhausted by its next failure", "3 days"),
  maxRetryAfter: optionalDuration(
    "The longest wait that a response can request with Retry-After or rate limit headers",
    "1 hour"
  )
})

const usualBaseUrl = "https://openapi.meltingspot.io"

export const SpotConfig = Schema.Struct({
  secretKey: SecretRef.SecretRef.annotateKey({
    description: "A reference to the secret key of the Spot (Spot settings, API Access)"
  }),
  baseUrl: optional(MeltingSpotConfig.BaseUrl, "The base URL of MeltingSpot's API", usualBaseUrl),
  ca: optional(
    Authority.CaFile,
    "The path of a PEM file with the certificate authorities to trust for baseUrl, relative to the folder of this file. Default: the authorities that Node.js trusts"
  ),
  proxy: optional(
    SpotProxy,
    "The proxy for calls to baseUrl, in place of the general one: its URL, { env: NAME } or { file: path } if it has a password, or none"
  ),
  authorizationPrefix: optional(
    MeltingSpotConfig.HeaderText,
    'The text before the key in the Authorization header, such as "Bearer " with its space',
    ""
  ),
  memberId: optional(
    Schema.NonEmptyString,
    "A regular expression for member ids that are not UUIDs, such as member-\\d+. It has to match the whole id"
  ),
  timeout: optionalDuration(
    "The timeout of one call, at most an hour. Calls that were open when a relay crashed are repeated 90 seconds after this timeout",
    "30 seconds"
  ),
  propagateTrace: optional(Schema.Boolean, "Whether calls to MeltingSpot carry the relay's trace ids", false),
  budget: optional(BudgetConfig, "The call limits of the key, or unlimited"),
  retry: optional(RetryConfig, "When a failed invitation is retried, and when it is exhausted"),
  concurrency: optional(Count, "The maximum number of concurrent calls", 8),
  batchSize: optional(Count, "The maximum number of members in one call. 1: single calls only", 100)
})

const usual = {
  baseUrl: usualBaseUrl,
  authorizationPrefix: "",
  timeout: Duration.seconds(30),
  propagateTrace: false,
  concurrency: 8,
  batchSize: 100
}

/** The valid part of an invalid Spot. */
export const SpotDraft = SpotConfig.mapFields(Struct.map(Schema.optionalKey))

/** Resolves a Spot with its key. Notes all problems. */
export const resolve = Effect.fnUntraced(function* (
  { secretKey: keyRef, ...config }: typeof SpotDraft.Type,
  folder: string,
  problems: Problems
) {
  const secretKey =
    keyRef === undefined ? undefined : yield* SecretRef.readOrNote(keyRef, folder, problems, ["secretKey"])
  if (secretKey !== undefined) {
    yield* Effect.catch(checkSecretKey(secretKey), () =>
      problems.note(["secretKey"], "the key has a space or a line break: check its value")
    )
  }
  if (config.baseUrl !== undefined && holdsCredentials(config.baseUrl)) {
    yield* problems.note(["baseUrl"], "the URL has a user or a password: remove them")
  }
  const { budget, ca, memberId, proxy, ...rest } = config
  const retry = { ...RetryPolicy.standard, ...config.retry }
  if (Duration.isLessThan(retry.cap, retry.base)) {
    yield* problems.note(["retry", "cap"], `shorter than base (${Duration.format(retry.base)}): increase it`)
  }
  if (
    config.retry?.maxRetryAfter !== undefined &&
    Duration.isLessThan(config.retry.maxRetryAfter, minRetryAfter)
  ) {
    yield* problems.note(["retry", "maxRetryAfter"], "Expected at least 1 second")
  }
  if (config.timeout !== undefined && Duration.isGreaterThan(config.timeout, maxTimeout)) {
    yield* problems.note(["timeout"], "Expected at most an hour")
  }
  const options: Spots.Options = {
    ...usual,
    ...rest,
    secretKey: secretKey ?? Redacted.make(""),
    budget: budget === "unlimited" ? budget : yield* limitsOf(budget, problems),
    retry,
    ...(memberId === undefined ? {} : { memberId: yield* patternOf(memberId, problems) })
  }
  const baseUrl = config.baseUrl ?? usualBaseUrl
  const authority = yield* authorityOf(ca, baseUrl, folder, problems)
  const way = yield* resolveSpot(proxy, folder, problems)
  const { origin } = new URL(URL.canParse(baseUrl) ? baseUrl : usualBaseUrl)
  const isUsual = authority === undefined && way === undefined
  return { options, trusted: isUsual ? undefined : { origin, authority, proxy: way } }
})

/** The certificate authorities of the base URL, if configured. */
const authorityOf = Effect.fnUntraced(function* (
  ca: string | undefined,
  baseUrl: string,
  folder: string,
  problems: Problems
) {
  if (ca === undefined) return
  if (!URL.canParse(baseUrl) || new URL(baseUrl).protocol !== "https:") {
    yield* problems.note(["ca"], "ca requires a baseUrl that begins with https://")
    return
  }
  return (yield* Authority.readOrNote(ca, folder, problems)) ?? undefined
})

/** Spots with one base URL share their connections, so they must agree on proxy and authorities. */
export const checkProxies = Effect.fnUntraced(function* (
  spots: ReadonlyArray<readonly [string, Effect.Success<ReturnType<typeof resolve>>]>,
  problems: Problems
) {
  const seen = new Map<string, unknown>()
  for (const [name, { trusted }] of spots) {
    if (trusted?.proxy === undefined) continue
    if (seen.has(trusted.origin) && !Equal.equals(seen.get(trusted.origin), trusted.proxy)) {
      yield* problems.note(
        [name, "proxy"],
        "another Spot with the same baseUrl has another proxy or ca: use the same for both"
      )
    }
    seen.set(trusted.origin, trusted.proxy)
  }
})

const patternOf = (text: string, problems: Problems) =>
  Effect.catch(Effect.fromResult(MemberIdPattern.compile(text)), (reason) =>
    Effect.as(problems.note(["memberId"], reason), undefined)
  )

const minRetryAfter = Duration.seconds(1)

const maxTimeout = Duration.hours(1)

const limitsOf = Effect.fnUntraced(function* (
  { shares, ...windows }: Exclude<typeof BudgetConfig.Type, "unlimited"> = {},
  problems: Problems
) {
  const limits: Budget.Limits = {
    ...Budget.documented,
    ...windows,
    shares: { ...Budget.documented.shares, ...shares }
  }
  const { live, retry, replay, import: imported } = limits.shares
  const sum = live + retry + replay + imported
  if (sum > 1) {
    const all = `live ${live}, retry ${retry}, replay ${replay}, import ${imported}`
    yield* problems.note(["budget", "shares"], `the shares add up to more than 1: ${all}`)
  }
  return limits
})

const checkSecretKey = Schema.decodeEffect(MeltingSpotConfig.SecretKey)
