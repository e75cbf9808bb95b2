/**
 * Metrics of the calls to the upstream, in effect's metric registry: `Metric.value` reads one, and the exporters of
 * `effect/observability` export all.
 *
 * Labels are routes, outcomes and windows: closed sets, none of which names a person, a Live or a key.
 */
import { Metric } from "effect"

/** In seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/**
 * Requests to the upstream. `route`: method and path template, such as `POST /v1/lives/{liveId}/participants`. `outcome`:
 * `Success`, the tag of the error (`AlreadyInvited`, `RateLimited`, …), or `Interrupted`.
 *
 * @category metrics
 */
export const calls: Metric.Counter<number> = Metric.counter("usher_upstream_calls_total", {
  description: "Requests to MeltingSpot, by route and outcome",
  incremental: true
})

/**
 * The duration of requests in seconds, from the connection to the last byte of the answer, without the wait for the
 * budget. By `route`.
 *
 * @category metrics
 */
export const callDuration: Metric.Histogram<number> = Metric.histogram("usher_upstream_call_seconds", {
  description: "Duration of a request to MeltingSpot, without its wait for the budget",
  boundaries,
  attributes: { unit: "s" }
})

/**
 * The wait of requests for the budget, in seconds.
 *
 * @category metrics
 */
export const budgetWait: Metric.Histogram<number> = Metric.histogram("usher_upstream_budget_wait_seconds", {
  description: "How long a request waited for the budget before it was sent",
  boundaries: [0, ...boundaries, 900, 3_600],
  attributes: { unit: "s" }
})

/**
 * The calls that a `Budget` in memory would allow immediately, as of its latest call. `window`: the length of the window,
 * such as `10s`. With several budgets in one process, the value is that of the budget used last.
 *
 * @category metrics
 */
export const budgetRemaining: Metric.Gauge<number> = Metric.gauge("usher_upstream_budget_remaining_calls", {
  description: "Calls that the budget in memory would let through at once",
  attributes: { unit: "1" }
})
