import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import type * as Invitations from "../../../Invitations.ts"
import { Operations } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { progress } from "../progress.ts"
import * as times from "../../../Times.ts"
import * as wire from "../wire.ts"

export const replays = HttpApiBuilder.group(
  Api.AdminApi,
  "replays",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const audit = yield* AuditLog

    return handlers
      .handle("plan", ({ payload }) =>
        unavailable(Effect.andThen(inTime(payload), Effect.map(operations.plan(payload), wire.plan)))
      )
      .handle("invitations", ({ payload }) =>
        Effect.andThen(
          inTime(payload),
          progress(operations.replay(payload), audit.begin("replays.invitations", payload))
        )
      )
      .handle("remapPlan", ({ payload }) =>
        unavailable(Effect.andThen(inTime(payload), operations.remapPlan(payload)))
      )
      .handle("webhooks", ({ payload }) =>
        Effect.andThen(
          inTime(payload),
          progress(operations.remap(payload), audit.begin("replays.webhooks", payload))
        )
      )
  })
)

const inTime = ({ from, to }: Pick<Invitations.Filter, "from" | "to">) => times.check({ from, to })
