import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api, Problem } from "@usher/admin"
import { Inbox } from "@usher/engine"
import { AuditLog } from "../AuditLog.ts"
import { unavailable, unavailableStream } from "../problems.ts"
import { progress } from "../progress.ts"

export const upkeep = HttpApiBuilder.group(
  Api.AdminApi,
  "upkeep",
  Effect.fnUntraced(function* (handlers) {
    const inbox = yield* Inbox.Inbox
    const audit = yield* AuditLog

    return handlers
      .handle("purge", ({ payload }) =>
        unavailable(
          Effect.map(audit.begin("upkeep.purge", payload), (end) =>
            unavailableStream(progress(inbox.purge(payload), end))
          )
        )
      )
      .handle("reload", () =>
        unavailable(
          audit.around(
            "upkeep.reload",
            {}
          )(
            Effect.fail(
              new Problem.Conflict({
                detail: "This relay takes up its changed file on SIGHUP, not over HTTP yet."
              })
            )
          )
        )
      )
  })
)
