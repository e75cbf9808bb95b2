import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api, Page, Problem, type Quarantine as Wire } from "@usher/admin"
import { Quarantine } from "@usher/engine"
import { AuditLog } from "../AuditLog.ts"
import { unavailable } from "../problems.ts"
import * as wire from "../wire.ts"

export const quarantine = HttpApiBuilder.group(
  Api.AdminApi,
  "quarantine",
  Effect.fnUntraced(function* (handlers) {
    const quarantine = yield* Quarantine.Quarantine
    const audit = yield* AuditLog

    return handlers
      .handle("list", ({ query: { limit = Page.defaultLimit, after, source } }) =>
        quarantine.list({ source }, { limit, after }).pipe(
          Effect.map(({ items, next }) => ({ items: items.map(delivery), next })),
          unavailable
        )
      )
      .handle(
        "get",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* audit.read("quarantine.get", { id })
          const found = yield* quarantine.get(id)
          if (found === undefined) {
            return yield* new Problem.NotFound({ detail: `There is no delivery ${id} in quarantine.` })
          }
          const { headers, body, verifies, findings } = found
          return { delivery: delivery(found), headers, body: wire.body(body), verifies, findings }
        }, unavailable)
      )
      .handle("release", ({ payload: { unverified, ...which } }) =>
        unavailable(
          audit.around("quarantine.release", { ...which, unverified })(
            quarantine.release(which, { unverified }),
            ({ released, refused }) => `${released} released, ${refused} refused`
          )
        )
      )
      .handle("discard", ({ payload }) =>
        unavailable(
          audit.around("quarantine.discard", payload)(
            Effect.map(quarantine.discard(payload), (discarded) => ({ discarded })),
            ({ discarded }) => `${discarded}`
          )
        )
      )
  })
)

const delivery = (found: Quarantine.Quarantined): Wire.Quarantined => ({
  id: found.id,
  source: found.source,
  sender: found.sender,
  receivedAt: found.lastAt,
  firstAt: found.firstAt,
  times: found.times,
  reason: found.reason,
  detail: found.message,
  size: found.size
})
