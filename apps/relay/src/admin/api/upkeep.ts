import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api, Problem } from "@usher/admin"
import { Inbox } from "@usher/engine"
import { format } from "../../config/Problem.ts"
import * as Reload from "../../config/Reload.ts"
import { AuditLog } from "../AuditLog.ts"
import { unavailable, unavailableStream } from "../problems.ts"
import { progress } from "../progress.ts"
import * as times from "../times.ts"

export const upkeep = HttpApiBuilder.group(
  Api.AdminApi,
  "upkeep",
  Effect.fnUntraced(function* (handlers) {
    const inbox = yield* Inbox.Inbox
    const audit = yield* AuditLog
    const reload = yield* Effect.serviceOption(Reload.Reload)

    return handlers
      .handle("purge", ({ payload }) =>
        times.check({ before: payload.before }).pipe(
          Effect.andThen(takesIds(payload) ? Effect.void : idsOfNone),
          Effect.andThen(audit.begin("upkeep.purge", payload)),
          Effect.map((end) => unavailableStream(progress(inbox.purge(payload), end))),
          unavailable
        )
      )
      .handle("reload", () =>
        unavailable(
          audit.around("upkeep.reload", {})(
            Option.match(reload, { onNone: () => Effect.fail(fileless), onSome: takeUp }),
            ({ changes }) => changes.join("; ") || "nothing has changed"
          )
        )
      )
  })
)

/** Delivery ids go with webhooks. */
const takesIds = ({ all, webhooks, deliveryIds }: Inbox.PurgeOptions) =>
  deliveryIds !== true || all === true || webhooks !== undefined

const idsOfNone = new Problem.Invalid({ problems: ["deliveryIds: give webhooks or all: true beside it"] })

const fileless = new Problem.Conflict({
  detail: "There is no relay here that was started from a file: ask one that runs, by its URL."
})

const takeUp = ({ reload }: Reload.Reload["Service"]) =>
  reload.pipe(
    Effect.map((change) => ({ changes: Reload.changes(change) })),
    Effect.catchTags({
      InvalidConfig: ({ file, problems }) =>
        new Problem.Invalid({
          detail: `${file} has problems: nothing of it is applied.`,
          problems: problems.map(format)
        }),
      NeedsRestart: ({ message }) => new Problem.Conflict({ detail: message })
    })
  )
