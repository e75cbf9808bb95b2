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
      .handle("purgePlan", ({ payload }) =>
        unavailable(Effect.andThen(check(payload), operations.purgePlan(payload)))
      )
      .handle("purge", ({ payload }) =>
        Effect.andThen(
          check(payload),
          progress(operations.purge(payload), audit.begin("upkeep.purge", payload))
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

const check = (options: Operations.PurgeOptions) =>
  Effect.andThen(times.check({ before: options.before }), takesIds(options) ? Effect.void : idsOfNone)

/** Delivery ids can be deleted only together with webhooks. */
const takesIds = ({ all, webhooks, deliveryIds }: Operations.PurgeOptions) =>
  deliveryIds !== true || all === true || webhooks !== undefined

const idsOfNone = new Problem.Invalid({ problems: ["deliveryIds: give webhooks or all: true beside it"] })
