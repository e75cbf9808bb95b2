/** The budget of a key, and retries within it. */
import { Budget, InviteError, type MeltingSpotConfig, Retry } from "@usher/core"
import { Duration, Effect, type Schedule } from "effect"
import type { Limit, RetryOptions } from "../../ClientOptions.ts"

/** The budgets of this process, which outlive their clients, as the upstream's count does. Each counts by key. */
const budgets = new Map<string, Budget.Budget>()

/** The budget that clients of the same key, server and limits share. */
export const budgetOf = (
  { baseUrl = "" }: MeltingSpotConfig.Options,
  limits: ReadonlyArray<Limit> | false | undefined
): Budget.Budget => {
  if (limits === false) return Budget.unlimited
  const name = JSON.stringify([baseUrl, limits?.map(({ calls, window }) => [calls, window])])
  const known = budgets.get(name)
  if (known !== undefined) return known
  const budget = Budget.makeMemory(limits)
  budgets.set(name, budget)
  return budget
}

/** Retries each call within the budget: an invitation, a chunk of a batch, a page of a list. */
export const retrying = (budget: Budget.Budget, options: RetryOptions | undefined): Budget.Budget => {
  const schedule = scheduleOf(options)
  return {
    forKey: (secretKey) => {
      const counted = budget.forKey(secretKey)
      return { ...counted, within: (call) => Effect.retry(counted.within(call), schedule) }
    }
  }
}

/** Backs off with jitter. Retries never earlier than the upstream asks, and not at all if that wait is too long. */
const scheduleOf = ({
  maxRetries = 2,
  baseDelay = 500,
  maxDelay = 60_000
}: RetryOptions = {}): Schedule.Schedule<Duration.Duration, unknown> => {
  const longest = Duration.millis(maxDelay)
  return Retry.schedule({
    times: maxRetries,
    base: Duration.millis(baseDelay),
    maxDelay: longest,
    while: (error) =>
      InviteError.isRetryable(error) &&
      Duration.isLessThanOrEqualTo(InviteError.retryAfter(error) ?? Duration.zero, longest)
  })
}
