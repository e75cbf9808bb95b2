import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import type * as Wire from "../../../Quarantine.ts"
import { Quarantine } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
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
          const { headers, body, verifies, refusal, findings, untried } = found
          return {
            delivery: delivery(found),
            headers,
            body: yield* wire.body({ headers, body }),
            verifies,
            refusal: refusal === null ? null : { reason: refusal.reason, detail: refusal.message },
            findings,
            untried
          }
        }, unavailable)
      )
      .handle(
        "release",
        Effect.fnUntraced(function* ({ payload: { unverified, ...which } }) {
          const { name: by } = yield* Access.Caller
          const released = quarantine.release(which, { by, unverified })
          return yield* audit.around("quarantine.release", { ...which, unverified })(
            Effect.map(released, releasedOf),
            told
          )
        }, unavailable)
      )
      .handle("discard", ({ payload }) =>
        unavailable(
          audit.around("quarantine.discard", payload)(
            quarantine.discard(payload),
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

const releasedOf = ({ stayed, reasons, ...rest }: Quarantine.Released): Wire.Released => ({
  ...rest,
  reasons: { ...reasons },
  stayed: stayed.map(({ message: detail, ...one }) => ({ ...one, detail }))
})

/** For the audit log. */
const told = ({ released, duplicates, refused, unknown }: Wire.Released): string =>
  [
    `${released} released`,
    ...(duplicates === 0 ? [] : [`${duplicates} of them accepted before`]),
    `${refused} refused`,
    ...(unknown.length === 0 ? [] : [`${unknown.length} unknown`])
  ].join(", ")
