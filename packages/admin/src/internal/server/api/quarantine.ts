import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import { Quarantine } from "@usher/engine"
import type { Released } from "@usher/model/Quarantined"
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
        unavailable(quarantine.list({ source }, { limit, after }))
      )
      .handle(
        "get",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* audit.read("quarantine.get", { id })
          const found = yield* quarantine.get(id)
          if (found === undefined) {
            return yield* new Problem.NotFound({ detail: `There is no delivery ${id} in quarantine.` })
          }
          return { ...found, delivery: found, body: yield* wire.body(found) }
        }, unavailable)
      )
      .handle("plan", ({ payload }) => unavailable(quarantine.plan(payload)))
      .handle(
        "release",
        Effect.fnUntraced(function* ({ payload: { unverified, ...which } }) {
          const { name: by } = yield* Access.Caller
          return yield* audit.around("quarantine.release", { ...which, unverified })(
            quarantine.release(which, { by, unverified }),
            inWords
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

/** The result in words, for the audit log. */
const inWords = ({ released, duplicates, refused, unknown }: Released): string =>
  [
    `${released} released`,
    ...(duplicates === 0 ? [] : [`${duplicates} of them accepted before`]),
    `${refused} refused`,
    ...(unknown.length === 0 ? [] : [`${unknown.length} unknown`])
  ].join(", ")
