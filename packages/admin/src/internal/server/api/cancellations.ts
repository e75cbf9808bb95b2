import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import { Operations } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { progress } from "../progress.ts"
import * as times from "../../../Times.ts"

export const cancellations = HttpApiBuilder.group(
  Api.AdminApi,
  "cancellations",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const audit = yield* AuditLog

    return handlers
      .handle("plan", ({ payload }) =>
        unavailable(Effect.andThen(times.ofSelection(payload), operations.cancelPlan(payload)))
      )
      .handle(
        "invitations",
        Effect.fnUntraced(function* ({ payload }) {
          yield* times.ofSelection(payload)
          const { name: by } = yield* Access.Caller
          const work = operations.cancel(payload, { by })
          return yield* progress(work, audit.begin("cancellations.invitations", payload))
        })
      )
  })
)
