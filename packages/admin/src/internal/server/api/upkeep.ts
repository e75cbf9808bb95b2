import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import { Operations } from "@usher/engine"
import { Reload } from "../../../Reload.ts"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { progress } from "../progress.ts"
import * as times from "../../../Times.ts"

export const upkeep = HttpApiBuilder.group(
  Api.AdminApi,
  "upkeep",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const audit = yield* AuditLog
    const { reload } = yield* Reload

    return handlers
      .handle("purge", ({ payload }) =>
        times
          .check({ before: payload.before })
          .pipe(
            Effect.andThen(takesIds(payload) ? Effect.void : idsOfNone),
            Effect.andThen(progress(operations.purge(payload), audit.begin("upkeep.purge", payload)))
          )
      )
      .handle("reload", () =>
        unavailable(
          audit.around("upkeep.reload", {})(
            Effect.map(reload, (changes) => ({ changes })),
            ({ changes }) => changes.join("; ") || "no changes"
          )
        )
      )
  })
)

/** Delivery ids can be deleted only together with webhooks. */
const takesIds = ({ all, webhooks, deliveryIds }: Operations.PurgeOptions) =>
  deliveryIds !== true || all === true || webhooks !== undefined

const idsOfNone = new Problem.Invalid({ problems: ["deliveryIds: give webhooks or all: true beside it"] })
