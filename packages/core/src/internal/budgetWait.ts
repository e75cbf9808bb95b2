/** Measures the wait for the budget, separately from the request: an event of the caller's span, and a metric. */
import { Clock, Context, Effect, Tracer } from "effect"
import type { SpotBudget } from "../Budget.ts"
import * as Metrics from "../Metrics.ts"

/** In seconds. A shorter wait is only the program's own work. */
const noticeable = 0.001

/** Makes the call within the budget, and reports its wait. The call's own span begins after the wait. */
export const withinBudget = <A, E, R>(
  budget: SpotBudget,
  call: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const asked = clock.monotonicTimeNanosUnsafe()
    return budget.within(
      Effect.suspend(() => {
        const seconds = Number(clock.monotonicTimeNanosUnsafe() - asked) / 1e9
        Metrics.budgetWait.updateUnsafe(seconds, fiber.context)
        const span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
        if (seconds >= noticeable && span?._tag === "Span") {
          span.event("budget.wait", clock.currentTimeNanosUnsafe(), { "budget.wait_seconds": seconds })
        }
        return call
      })
    )
  })
