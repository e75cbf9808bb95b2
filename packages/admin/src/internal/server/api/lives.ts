import { DateTime, Effect, Exit, Stream, Struct, SubscriptionRef } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Wire from "../../../Lives.ts"
import * as Page from "../../../Page.ts"
import { Forecast, LiveCatalog, Operations, SpotControl, Spots } from "@usher/engine"
import * as Hold from "@usher/model/Hold"
import * as LiveSummary from "@usher/model/LiveSummary"
import type { InvitationStatus } from "@usher/model/Invitation"
import { AuditLog, resultOf } from "../../../AuditLog.ts"
import { headings, lines } from "../exporting.ts"
import { unavailable } from "../problems.ts"
import { roomAt } from "../waiting.ts"

export const lives = HttpApiBuilder.group(
  Api.AdminApi,
  "lives",
  Effect.fnUntraced(function* (handlers) {
    const catalog = yield* LiveCatalog.LiveCatalog
    const control = yield* SpotControl.SpotControl
    const { present } = yield* Spots.Spots
    const audit = yield* AuditLog
    const services = yield* Effect.context<Operations.Operations | SpotControl.SpotControl>()

    /** When the backlog of a Spot can be sent, and what keeps the Spot from it. */
    const forecast = Effect.fnUntraced(function* (name: string) {
      const spot = (yield* SubscriptionRef.get(present)).get(name)
      const hold = Hold.of((yield* control.all).find((state) => state.spot === name))
      if (spot === undefined) return { hold, clearAt: null }
      if (spot.budget === undefined) return { hold, clearAt: yield* DateTime.now }
      const { clearAt } = yield* Effect.provideContext(
        Forecast.of(name, spot.budget, spot.batchSize),
        services
      )
      return { hold, clearAt }
    })

    const list = Effect.fnUntraced(function* (page: Parameters<typeof catalog.list>[0]) {
      const { items, next } = yield* catalog.list(page)
      const now = yield* DateTime.now
      const waiting = new Set(items.filter((live) => live.waiting > 0).map(({ spot }) => spot))
      const forecasts = new Map(
        yield* Effect.forEach(waiting, (spot) =>
          Effect.map(forecast(spot), (facts) => [spot, facts] as const)
        )
      )
      const shown = (live: LiveSummary.LiveSummary): Wire.Live => {
        const { hold, clearAt } = forecasts.get(live.spot) ?? { hold: null, clearAt: null }
        const outlook = LiveSummary.outlook({ live, now, hold, clearAt })
        if (live.waiting === 0) return { ...live, outlook, hold: null, clearAt: null }
        return { ...live, outlook, hold: hold?.state ?? null, clearAt: outlook === "held" ? null : clearAt }
      }
      return { items: items.map(shown), next }
    })

    const parked = Effect.gen(function* () {
      const lives = yield* control.parked
      const states = yield* control.all
      const spots = yield* SubscriptionRef.get(present)
      const now = yield* DateTime.now
      const calls = new Map<string, Hold.NextCall>()
      for (const name of new Set(lives.map(({ spot }) => spot))) {
        const limits = spots.get(name)?.budget
        calls.set(name, {
          now,
          hold: Hold.of(states.find(({ spot }) => spot === name)),
          roomAt: roomAt(limits && (yield* control.usage(name, limits)))
        })
      }
      return lives.map((live): Wire.ParkedLive => {
        const call = calls.get(live.spot) ?? { now, hold: null, roomAt: null }
        return Struct.assign(live, { probeAt: Hold.probeAt(live, call) })
      })
    })

    const people = ({ liveId, spot, which = "sent" }: ExportQuery) =>
      Stream.map(catalog.invitations(liveId, spot), (batch) =>
        batch.filter(({ status }) => which === "all" || statuses[which].has(status))
      )

    return handlers
      .handle(
        "export",
        Effect.fnUntraced(function* ({ query }) {
          const { format = "csv", liveId } = query
          const end = yield* audit.begin("lives.export", query)
          let done = 0
          const text = Stream.map(people(query), (batch) => {
            done += batch.length
            return batch.map(lines[format]).join("")
          })
          return HttpServerResponse.stream(
            Stream.concat(Stream.make(headings[format]), text).pipe(
              Stream.onExit((exit) => end(`${resultOf(Exit.asVoid(exit))}: ${done}`)),
              Stream.encodeText
            ),
            {
              contentType: Wire.contentTypes[format],
              headers: { "content-disposition": `attachment; filename="${fileName(liveId)}.${format}"` }
            }
          )
        }, unavailable)
      )
      .handle("list", ({ query: { limit = Page.defaultLimit, after } }) =>
        unavailable(list({ limit, after }))
      )
      .handle("parked", () => unavailable(parked))
      .handle("unpark", ({ payload: { spot, liveId } }) =>
        unavailable(
          audit.around("lives.unpark", { spot, liveId })(Effect.asVoid(control.unpark(spot, liveId)))
        )
      )
  })
)

interface ExportQuery {
  readonly liveId: string
  readonly spot?: string
  readonly which?: Wire.Which
}

const statuses: Readonly<Record<Exclude<Wire.Which, "all">, ReadonlySet<InvitationStatus>>> = {
  sent: new Set(["invited", "already_invited"]),
  waiting: new Set(["pending", "sending"]),
  failed: new Set(["rejected", "exhausted", "corrupt"]),
  expired: new Set(["expired"]),
  cancelled: new Set(["cancelled"])
}

/** An id of a Live may have any characters. */
const fileName = (liveId: string) => `live-${liveId.replaceAll(/[^\w.-]/g, "_").slice(0, 80)}`
