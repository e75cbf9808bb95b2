/** One budget for a key, and repetitions within it. */
import { Budget, InviteError, type MeltingSpotConfig } from "@usher/core"
import { Duration, Effect, Redacted, Schedule } from "effect"
import type { Limit, RetryOptions } from "../../ClientOptions.ts"

/** Of this process. A budget outlives its clients, as the upstream's count does. */
const budgets = new Map<string, Budget.Budget["Service"]>()

/** The budget that clients of the same key and limits share. */
export const budgetOf = (
  { secretKey, baseUrl = "" }: MeltingSpotConfig.Options,
  limits: ReadonlyArray<Limit> | false | undefined
): Budget.Budget["Service"] => {
  if (limits === false) return Budget.unlimited
  const name = JSON.stringify([
    Redacted.value(secretKey),
    baseUrl,
    limits?.map(({ calls, window }) => [calls, window])
  ])
  const known = budgets.get(name)
  if (known !== undefined) return known
  const budget = Budget.makeMemory(limits)
  budgets.set(name, budget)
  return budget
}

/** Repeats each call that is made within the budget: an invitation, a chunk of a batch, a page of a list. */
export const retrying = (
  budget: Budget.Budget["Service"],
  options: RetryOptions | undefined
): Budget.Budget["Service"] => {
  const schedule = scheduleOf(options)
  return Budget.Budget.of({
    ...budget,
    within: (call) => Effect.retry(budget.within(call), schedule)
  })
}

const retryAfterOf = (error: unknown): Duration.Duration | undefined =>
  isRetryable(error) ? error.retryAfter : undefined

const isRetryable = (error: unknown): error is InviteError.RateLimited | InviteError.UpstreamUnavailable =>
  error instanceof InviteError.RateLimited || error instanceof InviteError.UpstreamUnavailable

/** Backs off with jitter, and never comes back earlier than the upstream asks. */
const scheduleOf = ({ maxRetries = 2, baseDelay = 500, maxDelay = 60_000 }: RetryOptions = {}) => {
  const longest = Duration.millis(maxDelay)
  return Schedule.exponential(Duration.millis(baseDelay)).pipe(
    Schedule.jittered,
    Schedule.upTo({ times: maxRetries }),
    Schedule.setInputType<unknown>(),
    Schedule.while(
      ({ input }) =>
        isRetryable(input) && Duration.isLessThanOrEqualTo(retryAfterOf(input) ?? Duration.zero, longest)
    ),
    Schedule.modifyDelay(({ input, duration }) =>
      Effect.succeed(Duration.max(Duration.min(duration, longest), retryAfterOf(input) ?? Duration.zero))
    )
  )
}
