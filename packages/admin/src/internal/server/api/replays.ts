import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import type * as Invitations from "../../../Invitations.ts"
import { Operations } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable, unavailableStream } from "../problems.ts"
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
        inTime(payload).pipe(
          Effect.andThen(audit.begin("replays.invitations", payload)),
          Effect.map((end) => unavailableStream(progress(operations.replay(payload), end))),
          unavailable
        )
      )
      .handle("webhooks", ({ payload }) =>
        inTime(payload).pipe(
          Effect.andThen(audit.begin("replays.webhooks", payload)),
          Effect.map((end) => unavailableStream(progress(operations.remap(payload), end))),
          unavailable
        )
      )
  })
)

const inTime = ({ from, to }: Pick<Invitations.Filter, "from" | "to">) => times.check({ from, to })
