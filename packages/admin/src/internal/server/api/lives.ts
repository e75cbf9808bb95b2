import { DateTime, Effect, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import type * as Wire from "../../../Lives.ts"
import * as Page from "../../../Page.ts"
import { Forecast, LiveCatalog, Operations, SpotControl, Spots } from "@usher/engine"
import * as LiveSummary from "@usher/model/LiveSummary"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"

export const lives = HttpApiBuilder.group(
  Api.AdminApi,
  "lives",
  Effect.fnUntraced(function* (handlers) {
    const catalog = yield* LiveCatalog.LiveCatalog
    const control = yield* SpotControl.SpotControl
    const { present } = yield* Spots.Spots
    const audit = yield* AuditLog
    const services = yield* Effect.context<Operations.Operations | SpotControl.SpotControl>()

    /** When the backlog of a Spot can be sent, and whether the Spot is paused. */
    const forecast = Effect.fnUntraced(function* (name: string) {
      const spot = (yield* SubscriptionRef.get(present)).get(name)
      const state = (yield* control.all).find((state) => state.spot === name)
      const isPaused = (state?.paused ?? null) !== null
      if (spot === undefined) return { isPaused, clearAt: null }
      if (spot.budget === undefined) return { isPaused, clearAt: yield* DateTime.now }
      const { clearAt } = yield* Effect.provideContext(Forecast.of(name, spot.budget), services)
      return { isPaused, clearAt }
    })

    const list = Effect.fnUntraced(function* (page: Parameters<typeof catalog.list>[0]) {
      const { items, next } = yield* catalog.list(page)
      const now = yield* DateTime.now
      const waiting = new Set(items.filter((live) => live.waiting > 0).map(({ spot }) => spot))
      const forecasts = new Map(
        yield* Effect.forEach(waiting, (spot) => Effect.map(forecast(spot), (facts) => [spot, facts] as const))
      )
      return {
        items: items.map((live): Wire.Live => {
          const { isPaused, clearAt } = forecasts.get(live.spot) ?? { isPaused: false, clearAt: null }
          return {
            ...live,
            outlook: LiveSummary.outlook({ live, now, isPaused, clearAt }),
            clearAt: live.waiting === 0 ? null : clearAt
          }
        }),
        next
      }
    })

    return handlers
      .handle("list", ({ query: { limit = Page.defaultLimit, after } }) => unavailable(list({ limit, after })))
      .handle("parked", () => unavailable(control.parked))
      .handle("unpark", ({ payload: { spot, liveId } }) =>
        unavailable(
          audit.around("lives.unpark", { spot, liveId })(Effect.asVoid(control.unpark(spot, liveId)))
        )
      )
  })
)
