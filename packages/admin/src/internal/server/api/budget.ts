import { Duration, Effect, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import type * as Wire from "../../../Budget.ts"
import { Forecast, type Operations, type SpotControl, Spots } from "@usher/engine"
import { unavailable } from "../problems.ts"

export const budget = HttpApiBuilder.group(
  Api.AdminApi,
  "budget",
  Effect.fnUntraced(function* (handlers) {
    const { present } = yield* Spots.Spots
    const services = yield* Effect.context<Operations.Operations | SpotControl.SpotControl>()

    return handlers.handle("get", () =>
      Effect.gen(function* () {
        const spots = [...(yield* SubscriptionRef.get(present)).values()]
        // One whose calls nobody counts has none.
        const counted = spots.flatMap(({ name, budget, batchSize }) =>
          budget === undefined ? [] : [{ name, budget, batchSize }]
        )
        return yield* Effect.forEach(counted, ({ name, budget, batchSize }) =>
          Effect.map(Forecast.of(name, budget, batchSize), (forecast) => budgetOf(forecast, batchSize))
        )
      }).pipe(Effect.provideContext(services), unavailable)
    )
  })
)

const budgetOf = (
  { windows, backlog: { invitations, sendable, later, parked, isMore }, ...rest }: Forecast.Forecast,
  batchSize: number
): Wire.SpotBudget => ({
  ...rest,
  batchSize,
  windows: windows.map(({ window, ...counts }) => ({ ...counts, windowMs: Duration.toMillis(window) })),
  backlog: invitations,
  sendable,
  later,
  parked,
  isMore
})
